import Columnar
import Core

/// Takes a person out of rows: keys get their substitutes, what else is said of the person in its
/// rows becomes a word or NULL, and values that tell it vanish from all texts. No row comes or
/// goes.
struct RowScrub: Sendable {
  private let person: Person
  private let roles: RowRoles
  private let scrub: ValueScrub
  private let records: RecordScrub

  init(_ person: Person, _ roles: RowRoles, _ scrub: ValueScrub) {
    self.person = person
    self.roles = roles
    self.scrub = scrub
    records = RecordScrub(person, roles, scrub)
  }

  /// `batch` without the person, and how many rows changed; nil when none did.
  func scrubbed(_ batch: Batch) -> (batch: Batch, count: Int)? {
    var columns = batch.columns
    var touched = [Bool](repeating: false, count: batch.rowCount)
    var isOwned = touched
    for (index, field) in batch.schema.fields.enumerated() {
      let name = field.name.lowercased()
      guard roles.keys.contains(name), let keys = person.keys[name] else { continue }
      columns[index] = substituted(columns[index], keys, &isOwned)
    }
    for row in isOwned.indices where isOwned[row] { touched[row] = true }
    for (index, field) in batch.schema.fields.enumerated() {
      let name = field.name.lowercased()
      if roles.personal.contains(name), isOwned.contains(true) {
        columns[index] = emptied(columns[index], isOwned, keepsNulls: field.isNullable)
      }
      columns[index] = withoutValues(columns[index], &touched)
    }
    let count = touched.count { $0 }
    return count == 0 ? nil : (Batch(batch.schema, columns, rowCount: batch.rowCount), count)
  }

  private func substituted(
    _ column: Column, _ keys: [String: String], _ isOwned: inout [Bool]
  ) -> Column {
    var found: [Int: String] = [:]
    for row in 0..<column.count where !column.isNull(row) {
      guard let text = Self.text(column, row), let substitute = keys[text] else { continue }
      found[row] = substitute
      isOwned[row] = true
    }
    guard !found.isEmpty else { return column }
    let builder = ColumnBuilder(column.type, capacity: column.count)
    for row in 0..<column.count {
      guard let substitute = found[row] else {
        builder.append(column.scalar(at: row))
        continue
      }
      switch column.type.layout {
      case .bytes: builder.append(column.type == .binary ? .null : .string(substitute))
      default: builder.append(Int64(substitute).map { .integer($0) } ?? .null)
      }
    }
    return builder.finish()
  }

  /// The text of a key, which may be a number.
  private static func text(_ column: Column, _ row: Int) -> String? {
    switch column.scalar(at: row) {
    case .string(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }

  /// A text becomes a word that says so, so that what asks whether there was one is answered as
  /// before; any other value becomes NULL, or stays where there must be one.
  private func emptied(_ column: Column, _ rows: [Bool], keepsNulls: Bool) -> Column {
    let builder = ColumnBuilder(column.type, capacity: column.count)
    for row in 0..<column.count {
      let value = column.isNull(row) ? .null : column.scalar(at: row)
      guard rows[row], !value.isNull else {
        builder.append(value)
        continue
      }
      if case .string(let text) = value {
        builder.append(.string(text.isEmpty ? "" : Person.substitute))
      } else {
        builder.append(keepsNulls ? .null : value)
      }
    }
    return builder.finish()
  }

  /// The column without values that tell the person, in texts at any depth.
  private func withoutValues(_ column: Column, _ touched: inout [Bool]) -> Column {
    switch column.values {
    case .bytes(let runs) where column.type == .string:
      guard scrub.occurs(in: runs.bytes[...]) || records.occurs(in: runs.bytes[...]) else {
        return column
      }
      let builder = ColumnBuilder(.string, capacity: column.count)
      var isChanged = false
      for row in 0..<column.count {
        if column.isNull(row) {
          builder.append(.null)
        } else if let text = records.scrubbed(runs[row]) {
          builder.append(.string(String(decoding: text, as: UTF8.self)))
          touched[row] = true
          isChanged = true
        } else {
          builder.append(.string(String(decoding: runs[row], as: UTF8.self)))
        }
      }
      return isChanged ? builder.finish() : column
    case .dictionary where column.type == .string:
      return withoutValues(column.flattened(), &touched)
    case .list(let offsets, let elements):
      var inner = [Bool](repeating: false, count: elements.count)
      let scrubbed = withoutValues(elements, &inner)
      guard inner.contains(true) else { return column }
      for row in 0..<column.count {
        let range = Int(offsets[row])..<Int(offsets[row + 1])
        if inner[range].contains(true) { touched[row] = true }
      }
      return Column(
        column.type, count: column.count, validity: column.validity,
        .list(offsets: offsets, elements: scrubbed))
    case .structure(let members):
      return Column(
        column.type, count: column.count, validity: column.validity,
        .structure(members.map { withoutValues($0, &touched) }))
    default: return column
    }
  }
}
