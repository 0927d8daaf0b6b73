package import Core
import LakeJobs
import YAML

/// The rules of a folder's `quality/*.yml`, in file order.
package struct QualityFile {
  package let rules: [QualityRule]

  /// Reads every rule file under `jobs`.
  package init(jobs folder: String, fileSystem: any FileSystem) throws(Fault) {
    var rules: [QualityRule] = []
    for name in try fileSystem.list("\(folder)/quality")
    where name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
      let file = try YAMLFile("\(folder)/quality/\(name)", fileSystem: fileSystem)
      for (tableName, list) in try file.root.members() {
        guard let table = LakeTableName(tableName) else {
          throw Fault(
            .configuration, at: list.place, "'\(tableName)' is not a table's name",
            remedy: "write schema.name")
        }
        for rule in try list.list() { rules.append(try Self.rule(rule, table)) }
      }
    }
    self.rules = rules
  }

  private static let kinds = [
    "not_null", "unique", "accepted_values", "range", "references", "freshness", "row_count",
    "sql",
  ]

  private static func rule(
    _ value: YAMLValue, _ table: LakeTableName
  ) throws(Fault) -> QualityRule {
    let members = try value.members(allowed: kinds + ["name", "where", "severity"])
    let given = kinds.filter { members[$0] != nil }
    guard given.count == 1, let body = members[given[0]] else {
      throw Fault(
        .configuration, at: value.place, "a rule has exactly one kind, this has \(given.count)",
        remedy: "use one of \(kinds.joined(separator: ", "))")
    }
    let kind = try kind(given[0], body)
    var severity = QualityRule.Severity.error
    if let word = members["severity"] {
      guard let known = QualityRule.Severity(rawValue: try word.text()) else {
        throw Fault(
          .configuration, at: word.place, "'\(try word.text())' is not a severity",
          remedy: "use error or warn")
      }
      severity = known
    }
    let ownName = try members["name"]?.text()
    return QualityRule(
      table: table, name: ownName ?? defaultName(kind), kind: kind,
      condition: try members["where"]?.text(), severity: severity, place: value.place)
  }

  private static func defaultName(_ kind: QualityRule.Kind) -> String {
    let columns = kind.columns.joined(separator: ", ")
    return columns.isEmpty ? kind.word : "\(kind.word): \(columns)"
  }

  private static func kind(_ word: String, _ body: YAMLValue) throws(Fault) -> QualityRule.Kind {
    switch word {
    case "not_null": return .notNull(try body.texts())
    case "unique": return .unique(try body.texts())
    case "accepted_values":
      let keys = try body.members(allowed: ["column", "values"])
      return .acceptedValues(
        column: try text("column", keys, body), try required("values", keys, body).texts())
    case "range":
      let keys = try body.members(allowed: ["column", "min", "max"])
      guard keys["min"] != nil || keys["max"] != nil else { throw body.wrong("a min or a max") }
      return .range(
        column: try text("column", keys, body), minimum: try keys["min"]?.text(),
        maximum: try keys["max"]?.text())
    case "references": return try references(body)
    case "freshness":
      let keys = try body.members(allowed: ["column", "within"])
      return .freshness(
        column: try text("column", keys, body),
        seconds: try seconds(required("within", keys, body)))
    case "row_count":
      let keys = try body.members(allowed: ["min", "max"])
      return .rowCount(minimum: try keys["min"]?.integer(), maximum: try keys["max"]?.integer())
    default: return .sql(try body.text())
    }
  }

  private static func references(_ body: YAMLValue) throws(Fault) -> QualityRule.Kind {
    let keys = try body.members(allowed: ["columns", "table", "to"])
    let name = try required("table", keys, body)
    guard let table = LakeTableName(try name.text()) else { throw name.wrong("schema.name") }
    let columns = try required("columns", keys, body).texts()
    let target = try keys["to"]?.texts() ?? columns
    guard target.count == columns.count else { throw body.wrong("as many columns on both sides") }
    return .references(columns: columns, table: table, to: target)
  }

  /// `2 days`, `90 minutes`, `12 hours`.
  private static func seconds(_ value: YAMLValue) throws(Fault) -> Int64 {
    let units: [String: Int64] = ["second": 1, "minute": 60, "hour": 3_600, "day": 86_400]
    let words = try value.text().split(separator: " ")
    let unit = words.count == 2 ? String(words[1]) : ""
    guard words.count == 2, let count = Int64(words[0]), count > 0,
      let size = units[unit.hasSuffix("s") ? String(unit.dropLast()) : unit],
      case (let seconds, false) = count.multipliedReportingOverflow(by: size)
    else { throw value.wrong("a time such as '2 days' or '90 minutes'") }
    return seconds
  }

  private static func text(
    _ key: String, _ members: [String: YAMLValue], _ parent: YAMLValue
  ) throws(Fault) -> String {
    try required(key, members, parent).text()
  }

  private static func required(
    _ key: String, _ members: [String: YAMLValue], _ parent: YAMLValue
  ) throws(Fault) -> YAMLValue {
    guard let value = members[key] else {
      throw Fault(
        .configuration, at: parent.place, "'\(key)' is missing", remedy: "add '\(key):' here")
    }
    return value
  }
}
