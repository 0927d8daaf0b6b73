package import Columnar
import Core
import JSON

/// What the log says of the values in one data file: row count, and per column the least and
/// greatest value and how many are NULL. Bounds may be wider than the values, never narrower.
package struct FileStatistics: Hashable, Sendable {
  /// What is known of one column.
  package struct ColumnBounds: Hashable, Sendable {
    package var minimum: Scalar?
    package var maximum: Scalar?
    package var nullCount: Int?

    package init(minimum: Scalar? = nil, maximum: Scalar? = nil, nullCount: Int? = nil) {
      self.minimum = minimum
      self.maximum = maximum
      self.nullCount = nullCount
    }
  }

  package var rowCount: Int?
  /// By path: the column's name, then those of members of structures.
  package var columns: [[String]: ColumnBounds]

  package init(rowCount: Int?, columns: [[String]: ColumnBounds] = [:]) {
    self.rowCount = rowCount
    self.columns = columns
  }

  /// The statistics in `text` for columns of `schema`, or nil when the text is damaged: statistics
  /// are a favour, so what cannot be understood is as good as absent.
  package init?(text: String, schema: Schema) {
    guard let value = try? JSONValue(parsing: text) else {
      return nil
    }
    self.init(rowCount: value["numRecords"]?.int64.map(Int.init))
    for field in schema.fields {
      read(
        field, path: [field.name], value["minValues"]?[field.name],
        value["maxValues"]?[field.name], value["nullCount"]?[field.name])
    }
  }

  /// The statistics as the log's JSON text, members in the order of `schema`.
  package func text(schema: Schema) -> String {
    var members = Members()
    members.add("numRecords", rowCount.map { JSONValue($0) })
    members.add("minValues", tree(schema.fields, [], \.minimum?.statisticsJSON))
    members.add("maxValues", tree(schema.fields, [], \.maximum?.statisticsJSON))
    members.add("nullCount", tree(schema.fields, []) { $0.nullCount.map { JSONValue($0) } })
    return JSONWriter.text(members.object)
  }

  /// Statistics of a file of so many rows that is to have a deletion vector: the bounds in `text`
  /// may be wider than the values that are left.
  static func widened(_ text: String?, _ rowCount: Int) -> String {
    var members = text.flatMap { try? JSONValue(parsing: $0) }?.object ?? JSONObject()
    members["numRecords"] = JSONValue(rowCount)
    members[tightBoundsKey] = .bool(false)
    return JSONWriter.text(.object(members))
  }

  /// Whether bounds are values of the file, where its log says so.
  static let tightBoundsKey = "tightBounds"

  /// The row count alone, without reading the rest.
  static func rowCount(in file: AddedFile) -> Int? {
    guard let text = file.statisticsText,
      let count = leadingRowCount(in: text) ?? (try? JSONValue(parsing: text))?["numRecords"]?.int64
    else { return nil }
    // A count that no file has tells nothing.
    guard AddedFile.counts.contains(count) else { return nil }
    return Int(count) - (file.deletionVector?.rowCount ?? 0)
  }

  /// The row count of statistics that begin with it, as those of most writers do.
  private static func leadingRowCount(in text: String) -> Int64? {
    let start = "{\"numRecords\":"
    guard text.utf8.starts(with: start.utf8) else { return nil }
    let digits = text.utf8.dropFirst(start.utf8.count).prefix { digitValue($0) <= 9 }
    let next = text.utf8[digits.endIndex...].first
    guard next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else { return nil }
    return Int64(Substring(digits))
  }

  private func tree(
    _ fields: [Field], _ parent: [String], _ part: (ColumnBounds) -> JSONValue?
  ) -> JSONValue? {
    var members = Members()
    for field in fields {
      let path = parent + [field.name]
      if case .structure(let inner) = field.type {
        let value = tree(inner, path, part)
        if value?.object?.isEmpty == false { members.add(field.name, value) }
      } else {
        members.add(field.name, columns[path].flatMap(part))
      }
    }
    return members.object
  }

  private mutating func read(
    _ field: Field, path: [String], _ minimum: JSONValue?, _ maximum: JSONValue?,
    _ nullCount: JSONValue?
  ) {
    if case .structure(let fields) = field.type {
      for inner in fields {
        read(
          inner, path: path + [inner.name], minimum?[inner.name], maximum?[inner.name],
          nullCount?[inner.name])
      }
      return
    }
    let bounds = ColumnBounds(
      minimum: minimum.flatMap { Scalar(statistics: $0, field.type, isMaximum: false) },
      maximum: maximum.flatMap { Scalar(statistics: $0, field.type, isMaximum: true) },
      nullCount: nullCount?.int64.map(Int.init))
    if bounds != ColumnBounds() { columns[path] = bounds }
  }
}

extension Scalar {
  /// The bound that a value of the statistics spells for a column of `type`, or nil.
  init?(statistics value: JSONValue, _ type: DataType, isMaximum: Bool) {
    switch type {
    case .tinyint, .smallint, .int, .bigint:
      guard let number = value.int64 else { return nil }
      self = .integer(number)
    case .float, .double:
      guard let number = value.double, !number.isNaN else { return nil }
      self = .double(number)
    case .decimal(_, let scale):
      guard let text = value.number ?? value.string, let number = Decimal(parsing: text)
      else { return nil }
      // A bound with more digits than the column cannot be rounded: it might become narrower.
      guard number.scale <= scale || number.rescaled(to: scale) == number else { return nil }
      self = .decimal(number)
    case .string:
      guard let text = value.string else { return nil }
      self = .string(text)
    case .date:
      guard let text = value.string, let date = CivilDate(parsing: text) else { return nil }
      self = .date(date)
    case .timestamp:
      guard let text = value.string, let time = Timestamp(parsing: text) else { return nil }
      self = .timestamp(isMaximum ? time.end(ofTruncated: text) : time.start(ofTruncated: text))
    default: return nil
    }
  }

  /// The bound as the statistics spell it; nil for what they do not hold.
  var statisticsJSON: JSONValue? {
    switch self {
    case .integer(let value): JSONValue(value)
    case .double(let value) where value.isFinite: JSONValue(value)
    case .decimal(let value): .number(value.description)
    case .string(let value): .string(value)
    case .date(let value): .string(value.description)
    case .timestamp(let value): .string(value.description)
    default: nil
    }
  }
}

extension Timestamp {
  /// The last instant that a writer may have cut down to `text`: some keep milliseconds only.
  fileprivate func end(ofTruncated text: String) -> Timestamp {
    let fraction = text.split(separator: ".", maxSplits: 1).dropFirst().first ?? ""
    let digits = fraction.prefix { $0.isNumber }.count
    let slack = offsetSlack(text) + (digits > 3 ? 0 : 999)
    return adding(microseconds: slack) ?? Timestamp(microseconds: .max)
  }

  /// The first instant that a writer may have written as `text`.
  fileprivate func start(ofTruncated text: String) -> Timestamp {
    adding(microseconds: -offsetSlack(text)) ?? Timestamp(microseconds: .min)
  }

  /// How far from the text the instant may lie since writers cut offsets down to minutes: those of
  /// old clocks had seconds, in Liberia until 1972.
  private func offsetSlack(_ text: String) -> Int64 {
    let hasOffset = text.dropFirst(10).contains { $0 == "+" || $0 == "-" }
    return hasOffset && self < Timestamp.firstWholeOffset ? 60_000_000 : 0
  }

  /// 1 January 1973.
  private static let firstWholeOffset = Timestamp(microseconds: 94_694_400_000_000)
}
