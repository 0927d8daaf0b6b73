import Bronze
import Core
import JSON
import LakeJobs
import Lakehouse
import TextFormats
import UnixTool

/// How many rows were set aside, by table and rule.
struct QuarantineList {
  private struct Key: Hashable {
    var table: String
    var rule: String
    var owner: String?
  }

  private struct Count {
    var waiting = 0
    var replayed = 0
    var first: Timestamp?
    var last: Timestamp?

    mutating func add(_ row: QuarantinedRow, isReplayed: Bool) {
      if isReplayed { replayed += 1 } else { waiting += 1 }
      guard let time = row.quarantinedAt else { return }
      first = min(first ?? time, time)
      last = max(last ?? time, time)
    }
  }

  private var counts: [(key: Key, count: Count)] = []

  init(_ tables: [QuarantineTable], _ choice: RowChoice, _ owners: TableOwners) throws {
    for table in tables {
      var found: [Key: Count] = [:]
      let name = table.shortName
      let owner = owners.owner(of: table.target)
      try table.forEachRow { row, isReplayed in
        guard choice.includes(row) else { return }
        found[Key(table: name, rule: row.rule, owner: owner), default: Count()].add(
          row, isReplayed: isReplayed)
      }
      counts += found.map { ($0.key, $0.value) }.sorted { $0.key.rule < $1.key.rule }
    }
  }

  private static let names = ["table", "rule", "waiting", "replayed", "first", "last", "owner"]

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      // Who has no owners sees no empty column of them.
      let isOwned = counts.contains { $0.key.owner != nil }
      var table = TextTable(isOwned ? Self.names : Self.names.dropLast())
      for (key, count) in counts {
        table.append(cells(key, count).prefix(isOwned ? 7 : 6).map { $0 ?? "" })
      }
      return counts.isEmpty ? "" : table.text
    case .csv:
      return CSVWriter.text(
        Self.names, counts.map(cells), escapesFormulas: report.escapesFormulas)
    case .json:
      return counts.map { key, count in
        let value: JSONValue = [
          "table": .string(key.table), "rule": .string(key.rule),
          "waiting": JSONValue(count.waiting), "replayed": JSONValue(count.replayed),
          "first": count.first.map { .string("\($0)") } ?? .null,
          "last": count.last.map { .string("\($0)") } ?? .null,
          "owner": key.owner.map { .string($0) } ?? .null,
        ]
        return JSONWriter.text(value) + "\n"
      }.joined()
    }
  }

  private func cells(_ key: Key, _ count: Count) -> [String?] {
    [
      key.table, key.rule, "\(count.waiting)", "\(count.replayed)",
      count.first.map { "\($0)" }, count.last.map { "\($0)" }, key.owner,
    ]
  }
}
