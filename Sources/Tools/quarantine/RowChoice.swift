import ArgumentParser
import Bronze
import Core
import JSON
import Lakehouse
import UnixTool

/// Which rows of a quarantine are meant.
struct RowChoice: ParsableArguments {
  @Option(help: ArgumentHelp("only rows that broke this rule", valueName: "RULE"))
  var rule: String?

  @Option(help: ArgumentHelp("only rows that this file brought", valueName: "FILE"))
  var file: String?

  @Flag(help: "also rows that were replayed")
  var all = false

  @Option(help: ArgumentHelp("at most so many rows", valueName: "N"))
  var limit: Int?

  mutating func validate() throws {
    guard limit.map({ $0 > 0 }) ?? true else {
      throw ValidationError("'\(limit ?? 0)' is no number of rows; give one from 1")
    }
  }

  func includes(_ row: QuarantinedRow) -> Bool {
    (rule.map { $0 == row.rule } ?? true) && (file.map { $0 == row.sourceFile } ?? true)
  }

  /// The rows of `table` that are meant, those with an id that begins as one of `ids` does if there
  /// are any. An id that stands for none or for several rows is an error.
  func rows(of table: QuarantineTable, ids: [String]) throws -> [QuarantinedRow] {
    var rows: [QuarantinedRow] = []
    var counts = ids.map { _ in 0 }
    try table.forEachRow { row, isReplayed in
      guard includes(row), all || !isReplayed, rows.count < limit ?? .max else { return }
      guard !ids.isEmpty else { return rows.append(row) }
      for (position, id) in ids.enumerated() where row.id.text.hasPrefix(id.lowercased()) {
        counts[position] += 1
        rows.append(row)
      }
    }
    for (id, count) in zip(ids, counts) where count != 1 {
      throw Fault(
        .missing, at: Place("\(table.name)"),
        count == 0
          ? "no row set aside has the id '\(id)'"
          : "\(counted(count, "row")) have ids like '\(id)'",
        remedy: count == 0 ? "see 'quarantine show', perhaps with --all" : "give more of it")
    }
    return rows
  }
}

/// Rows that were exported, with texts that may have been mended.
struct MendedRows {
  private var texts: [QuarantineID: String] = [:]
  private let name: String

  /// Reads `file`, or standard input for `-`.
  init(_ file: String, _ console: Console) throws {
    name = file == "-" ? "standard input" : file
    let lines =
      file == "-"
      ? try console.inputLines()
      : String(decoding: try PipeInput.bytes(of: file), as: UTF8.self)
        .split(separator: "\n").map(String.init)
    for (number, line) in lines.enumerated() {
      let place = Place(name, line: number + 1)
      let value = try JSONValue(parsing: Array(line.utf8), at: place)
      guard let id = value["id"]?.string.flatMap({ QuarantineID($0) }),
        let raw = value["raw"]?.string
      else {
        throw Fault(
          .data, at: place, "this is no row of 'quarantine export'",
          remedy: "keep 'id' as it was, and mend 'raw'")
      }
      guard raw.contains(where: { !$0.isWhitespace }) else {
        throw Fault(
          .data, at: place, "the text of row '\(id.short)' is empty",
          remedy: "take the line out to leave the row set aside")
      }
      texts[id] = raw
    }
  }

  /// The rows of `table` that were mended; all must be its.
  func replays(of table: QuarantineTable) throws -> [ReplayRequest] {
    var left = texts
    var replays: [ReplayRequest] = []
    try table.forEachRow { row, _ in
      guard let text = left.removeValue(forKey: row.id) else { return }
      replays.append(.init(row, raw: Array(text.utf8)))
    }
    if let stray = left.keys.map(\.short).min() {
      throw Fault(
        .data, at: Place(name), "no row set aside from \(table.target) has the id '\(stray)'",
        remedy: "name the table that was exported")
    }
    return replays
  }
}
