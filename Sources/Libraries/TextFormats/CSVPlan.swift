import Columnar
import Core

/// Which columns are made of a file's fields.
struct CSVPlan {
  private enum Output {
    /// The declared column at this position.
    case field(Int)
    /// The text of its field.
    case fieldText(Int)
    case corruptText
    case text
    case lineNumber
    case offset
    case problem
  }

  let schema: Schema
  /// The declared columns, the one for corrupt records left out.
  let declared: [Field]
  private let outputs: [Output]
  private let tellsFlaws: Bool

  init(declared: Schema, asked: [String]?, options: CSVOptions) throws(Fault) {
    func isCorrupt(_ field: Field) -> Bool {
      field.name == options.corruptRecordColumn && field.type == .string
    }
    let own = declared.fields.filter { !isCorrupt($0) }
    for field in own
    where ![.int32, .int64, .int128, .double, .boolean, .bytes].contains(
      field.type.layout)
    {
      throw Fault(
        .configuration, "CSV has no values of type \(field.type.sql) for column '\(field.name)'",
        remedy: "declare it as STRING")
    }
    var fields: [Field] = []
    var outputs: [Output] = []
    for name in asked ?? declared.names {
      guard let index = declared.index(of: name) else {
        preconditionFailure("'\(name)' is no column of the declared schema")
      }
      let field = declared.fields[index]
      let position = own.firstIndex { $0.name == field.name }
      fields.append(options.givesTexts ? Field(field.name, .string) : field)
      outputs.append(
        position.map { options.givesTexts ? .fieldText($0) : .field($0) } ?? .corruptText)
    }
    let more: [(String?, DataType, Output)] = [
      (options.rawColumn, .string, .text), (options.lineNumberColumn, .bigint, .lineNumber),
      (options.offsetColumn, .bigint, .offset), (options.problemColumn, .string, .problem),
    ]
    for (name, type, output) in more {
      guard let name else { continue }
      fields.append(Field(name, type))
      outputs.append(output)
    }
    self.declared = own
    self.outputs = outputs
    schema = Schema(fields)
    tellsFlaws = outputs.contains {
      switch $0 {
      case .corruptText, .problem: true
      default: false
      }
    }
  }

  /// The records as a batch, and how many of them had something wrong with them.
  func batch(of round: CSVChunk) -> (Batch, flawCount: Int) {
    var flaws = round.flaws()
    var columns: [Int: Column] = [:]
    for (index, output) in outputs.enumerated() {
      switch output {
      case .field(let position): columns[index] = column(position, of: round, &flaws)
      case .fieldText(let position):
        var none: [Int] = []
        columns[index] = csvColumn(.string, round, at: round.positions[position], &none)
      default: continue
      }
    }
    if tellsFlaws {
      // A bad field counts even if its column was not asked for.
      for position in declared.indices where !isAsked(position) {
        _ = column(position, of: round, &flaws)
      }
    }
    let all = outputs.indices.map { columns[$0] ?? about(outputs[$0], of: round, flaws) }
    return (Batch(schema, all, rowCount: round.records.count), flaws.count)
  }

  private func isAsked(_ position: Int) -> Bool {
    outputs.contains { if case .field(position) = $0 { true } else { false } }
  }

  /// A column about the records themselves.
  private func about(_ output: Output, of round: CSVChunk, _ flaws: [Int: String]) -> Column {
    if case .lineNumber = output {
      return Column(.bigint, count: round.records.count, .int64(round.records.map(\.line)))
    }
    if case .offset = output {
      return Column(.bigint, count: round.records.count, .int64(round.records.map(\.offset)))
    }
    let builder = ColumnBuilder(.string, capacity: round.records.count)
    for (row, record) in round.records.enumerated() {
      if case .problem = output {
        if let flaw = flaws[row] { builder.append(bytes: flaw.utf8) } else { builder.appendNull() }
      } else if case .corruptText = output, flaws[row] == nil {
        builder.appendNull()
      } else {
        let text = round.bytes[Int(record.start)..<Int(record.end)]
        if flaws[row] == nil {
          builder.append(bytes: text)
        } else {
          builder.append(bytes: String(decoding: text, as: UTF8.self).utf8)
        }
      }
    }
    return builder.finish()
  }

  /// A declared column; bad fields are NULL and told of in `flaws`.
  private func column(_ position: Int, of round: CSVChunk, _ flaws: inout [Int: String]) -> Column {
    let field = declared[position]
    var bad: [Int] = []
    let column = csvColumn(field.type, round, at: round.positions[position], &bad)
    for row in bad where flaws[row] == nil {
      flaws[row] = "'\(field.name)' is no \(field.type.sql)"
    }
    return flaws.isEmpty ? column : column.repairingText(where: flaws)
  }
}

extension Column {
  /// A column of text in which the flawed rows are sure to be UTF-8.
  fileprivate func repairingText(where flaws: [Int: String]) -> Column {
    guard type == .string, case .bytes(let runs) = values else { return self }
    let isGood = flaws.keys.allSatisfy { row in
      String(validating: runs[row], as: UTF8.self) != nil
    }
    return isGood ? self : repairingText()
  }
}
