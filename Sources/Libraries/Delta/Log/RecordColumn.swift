import Columnar
import Core
import JSON

/// A column of structures, read row by row by member name.
struct RecordColumn {
  private let column: Column
  private let members: [String: Column]

  init?(_ column: Column) {
    guard case .structure(let members) = column.values else { return nil }
    self.column = column
    self.members = Dictionary(
      zip(column.type.fields.map(\.name), members).map { ($0, $1) }
    ) { first, _ in first }
  }

  /// A string, or nil for NULL and for a member that is not there.
  func text(_ name: String, _ row: Int) -> String? {
    guard let member = members[name], !member.isNull(row) else { return nil }
    return member.text(row)
  }

  /// A whole number.
  func integer(_ name: String, _ row: Int) -> Int64? {
    guard let member = members[name], !member.isNull(row) else { return nil }
    switch member.values {
    case .int32(let values): return Int64(values[row])
    case .int64(let values): return values[row]
    default: return nil
    }
  }

  /// A truth value.
  func truth(_ name: String, _ row: Int) -> Bool? {
    guard let member = members[name], !member.isNull(row), case .boolean(let values) = member.values
    else { return nil }
    return values[row]
  }

  /// A map of strings.
  func textMap(_ name: String, _ row: Int) -> [String: String?]? {
    guard let member = members[name], !member.isNull(row) else { return nil }
    return member.textMap(row)
  }

  /// A structure inside.
  func record(_ name: String, _ row: Int) -> RecordColumn? {
    guard let member = members[name], !member.isNull(row) else { return nil }
    return RecordColumn(member)
  }

  /// The row as a JSON object without what is NULL; nil when the row itself is.
  func json(_ row: Int) -> JSONValue? { column.json(row) }

  /// Each member as the text of a partition value.
  func partitionTexts(_ row: Int) -> [String: String?] {
    members.mapValues { PartitionValue.encode($0.scalar(at: row)) }
  }
}

extension Column {
  fileprivate func text(_ row: Int) -> String? {
    switch values {
    case .bytes(let runs): String(decoding: runs[row], as: UTF8.self)
    case .dictionary(let codes, let dictionary):
      String(decoding: dictionary.values[Int(codes[row])], as: UTF8.self)
    default: nil
    }
  }

  /// A map whose keys and values are strings; nil for other columns.
  fileprivate func textMap(_ row: Int) -> [String: String?]? {
    guard case .list(let offsets, let entries) = values,
      case .structure(let pair) = entries.values, pair.count == 2
    else { return nil }
    var map: [String: String?] = [:]
    for entry in Int(offsets[row])..<Int(offsets[row + 1]) {
      guard let key = pair[0].text(entry) else { return nil }
      map.updateValue(pair[1].isNull(entry) ? nil : pair[1].text(entry), forKey: key)
    }
    return map
  }

  /// The value as the log's JSON spells it; nil for NULL.
  fileprivate func json(_ row: Int) -> JSONValue? {
    if isNull(row) { return nil }
    switch (type, values) {
    case (.map, _): return textMap(row).map { .textMap($0) }
    case (_, .structure(let columns)):
      var members = Members()
      for (field, column) in zip(type.fields, columns) { members.add(field.name, column.json(row)) }
      return members.object
    case (_, .list(let offsets, let elements)):
      return .array((Int(offsets[row])..<Int(offsets[row + 1])).map { elements.json($0) ?? .null })
    case (_, .boolean(let values)): return .bool(values[row])
    case (.string, _): return text(row).map { .string($0) }
    default: return scalar(at: row).statisticsJSON
    }
  }
}
