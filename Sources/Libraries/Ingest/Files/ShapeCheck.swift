import Bronze
import Columnar
import Core
import JSON
import TextFormats

/// Compares JSON objects with the fields that a contract declares, names in their letter case; and
/// with what the reader of the table makes of them, which alone says what a column can hold.
struct ShapeCheck: Sendable {
  private static let line = "_line"

  private let declared: [Field]
  /// Whether a column may come to hold less than what was sent: a STRING holds all.
  private let mayLose: Bool

  init(_ declared: [Field]) {
    self.declared = declared
    mayLose = declared.contains { $0.type != .string }
  }

  /// What the reader makes of `lines`, by the number of the line, from 1; nothing where nothing can
  /// be lost.
  func values(of lines: [UInt8]) throws -> [Int64: [Scalar]] {
    guard mayLose else { return [:] }
    let reader = try JSONLinesReader(
      MemoryBytes([lines]), schema: Schema(declared),
      options: JSONLinesOptions(
        lineNumberColumn: Self.line, spreadsArrays: false, overlongLines: .cut),
      at: Place("lines"))
    var values: [Int64: [Scalar]] = [:]
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount {
        var scalars = batch.scalars(at: row)
        if case .integer(let line)? = scalars.popLast() { values[line] = scalars }
      }
    }
    return values
  }

  /// How the fields of `object` differ, nested ones too; and what is wrong with a value that its
  /// column does not hold, by the `values` that were read of it.
  func differences(
    of object: JSONObject, _ values: [Scalar]?
  ) -> (drift: [SchemaDrift.Difference], flaw: RejectReason?) {
    var found = Found()
    found.compare(object, declared, values, "")
    return (
      found.drift, found.misfit.map { RejectReason(rule: "valid_values", words: $0) }
    )
  }

  private struct Found {
    var drift: [SchemaDrift.Difference] = []
    var misfit: String?

    mutating func compare(
      _ object: JSONObject, _ fields: [Field], _ values: [Scalar]?, _ prefix: String
    ) {
      for member in object.members {
        let path = prefix + member.key
        guard let index = fields.firstIndex(where: { $0.name == member.key }) else {
          drift.append(.undeclared(path))
          continue
        }
        compare(member.value, fields[index].type, values?[index], path)
      }
    }

    private mutating func compare(
      _ value: JSONValue, _ type: DataType, _ read: Scalar?, _ path: String
    ) {
      if value.isNull || type == .string { return }
      if read?.isNull == true {
        if misfit == nil { misfit = "'\(path)' is no \(type.sql)" }
        return
      }
      switch (type, value) {
      case (.structure(let fields), .object(let object)):
        let members: [Scalar]? = if case .structure(let members)? = read { members } else { nil }
        compare(object, fields, members, path + ".")
      case (.array(let element, _), .array(let values)):
        let elements = elements(of: read, count: values.count)
        for (index, value) in values.enumerated() {
          compare(value, element, elements?[index], path + "[]")
        }
      case (.map(_, let type, _), .object(let object)):
        let entries = elements(of: read, count: object.count)
        for (index, member) in object.members.enumerated() {
          // A map is a list of keys and values.
          let entry: [Scalar]? =
            if case .structure(let entry)? = entries?[index] { entry } else { nil }
          compare(member.value, type, entry?.last, path + "{}")
        }
      default: return
      }
    }

    /// The elements of a list that was read, when there are as many as were sent.
    private func elements(of read: Scalar?, count: Int) -> [Scalar]? {
      guard case .list(let elements)? = read, elements.count == count else { return nil }
      return elements
    }
  }
}
