import Columnar
import Core
import JSON

/// Compares JSON objects with the fields that a contract declares; names in their letter case, as
/// readers go by it.
struct ShapeCheck {
  private let declared: [Field]

  init(_ declared: [Field]) { self.declared = declared }

  /// How the fields of `object` differ, nested ones too; and what is wrong with a value that its
  /// column cannot hold.
  func differences(
    of object: JSONObject
  ) -> (drift: [SchemaDrift.Difference], flaw: RejectReason?) {
    var drift: [SchemaDrift.Difference] = []
    var misfit: String?
    compare(object, declared, "", &drift, &misfit)
    return (drift, misfit.map { RejectReason(rule: "valid_values", words: $0) })
  }

  private func compare(
    _ object: JSONObject, _ fields: [Field], _ prefix: String,
    _ drift: inout [SchemaDrift.Difference], _ misfit: inout String?
  ) {
    for member in object.members {
      let path = prefix + member.key
      guard let field = fields.first(where: { $0.name == member.key }) else {
        drift.append(.undeclared(path))
        continue
      }
      compare(member.value, field.type, path, &drift, &misfit)
    }
  }

  private func compare(
    _ value: JSONValue, _ type: DataType, _ path: String,
    _ drift: inout [SchemaDrift.Difference], _ misfit: inout String?
  ) {
    switch (type, value) {
    case (_, .null), (.string, _): return
    case (.structure(let fields), .object(let object)):
      compare(object, fields, path + ".", &drift, &misfit)
    case (.array(let element, _), .array(let values)):
      for value in values { compare(value, element, path + "[]", &drift, &misfit) }
    case (.map(_, let type, _), .object(let object)):
      for member in object.members { compare(member.value, type, path + "{}", &drift, &misfit) }
    default:
      if misfit == nil, !holds(type, value) { misfit = "'\(path)' is no \(type.sql)" }
    }
  }

  private func holds(_ type: DataType, _ value: JSONValue) -> Bool {
    switch type {
    case .boolean: return value.bool != nil
    case .tinyint: return value.int64.flatMap { Int8(exactly: $0) } != nil
    case .smallint: return value.int64.flatMap { Int16(exactly: $0) } != nil
    case .int: return value.int64.flatMap { Int32(exactly: $0) } != nil
    case .bigint: return value.int64 != nil
    case .float, .double: return value.double != nil
    case .decimal(let precision, let scale):
      let text = value.number ?? value.string ?? ""
      return Decimal(parsing: text, precision: precision, scale: scale) != nil
    case .date: return value.string.flatMap { CivilDate(parsing: $0) } != nil
    case .timestamp: return value.string.flatMap { Timestamp(parsing: $0) } != nil
    case .binary: return value.string != nil
    default: return false
    }
  }
}
