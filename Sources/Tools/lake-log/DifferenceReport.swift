import Columnar
import Core
import Delta
import JSON
import LakeJobs
import Lakehouse
import Maintenance
import TextFormats
import UnixTool

/// The difference of two versions, in the form that was asked for.
struct DifferenceReport {
  private let difference: TableDifference
  private let table: LakeTableName
  private let limit: Int
  private let cover: LabelCover
  private let console: Console

  /// Rows are shown as `cover` leaves them.
  init(
    _ difference: TableDifference, of table: LakeTableName, limit: Int, _ cover: LabelCover,
    _ console: Console
  ) {
    self.difference = difference
    self.cover = cover
    self.table = table
    self.limit = limit
    self.console = console
  }

  private func covered(_ row: TableDifference.Row) -> TableDifference.Row {
    switch row {
    case .added(let values): .added(cover.covered(values, of: table))
    case .removed(let values): .removed(cover.covered(values, of: table))
    case .changed(let before, let after, let columns):
      .changed(
        before: cover.covered(before, of: table), after: cover.covered(after, of: table),
        columns: columns)
    }
  }

  // MARK: Text

  /// Writes what differs, samples of rows and then how many there are.
  func writeText() throws -> TableDifference.Counts {
    let (old, new) = (difference.before.version, difference.after.version)
    let means = difference.key.isEmpty ? "whole rows" : difference.key.joined(separator: ", ")
    try console.write("\(table): version \(old) to \(new), by \(means)")
    for change in difference.changes { try console.write("! \(change)") }
    var left = limit
    let counts = try difference.forEachRow { row in
      guard left > 0 else { return }
      left -= 1
      try console.write(line(covered(row)))
    }
    let all = counts.added + counts.removed + counts.changed
    if all > limit { try console.write("… and \(all - limit) more") }
    try console.write(
      "\(counted(counts.added, "row")) added, \(counts.removed) removed, "
        + "\(counts.changed) changed\(columns(counts))")
    return counts
  }

  private func line(_ row: TableDifference.Row) -> String {
    switch row {
    case .added(let values): "+ \(text(values, Array(values.columns.indices)))"
    case .removed(let values): "- \(text(values, Array(values.columns.indices)))"
    case .changed(let before, let after, let columns):
      "~ \(text(after, keyPositions)): "
        + columns.map { column in
          "\(after.schema.fields[column].name) \(value(before, column)) -> "
            + value(after, column)
        }.joined(separator: ", ")
    }
  }

  private var keyPositions: [Int] {
    difference.key.compactMap { difference.columns.index(of: $0) }
  }

  private func text(_ row: Batch, _ positions: [Int]) -> String {
    positions.map { "\(row.schema.fields[$0].name)=\(value(row, $0))" }.joined(separator: " ")
  }

  private func value(_ row: Batch, _ position: Int) -> String {
    let column = row.columns[position]
    return column.isNull(0) ? "NULL" : column.sparkText(at: 0)
  }

  private func columns(_ counts: TableDifference.Counts) -> String {
    let parts = counts.changedByColumn.sorted { $0.key < $1.key }.map { column, count in
      "\(difference.columns.fields[column].name) in \(count)"
    }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  // MARK: JSON

  /// Writes a line a row that differs, and a last one that sums up.
  func writeJSON() throws -> TableDifference.Counts {
    var left = limit
    let counts = try difference.forEachRow { row in
      guard left > 0 else { return }
      left -= 1
      try console.output.write(json(covered(row)))
    }
    let byColumn = counts.changedByColumn.sorted { $0.key < $1.key }.map { column, count in
      (difference.columns.fields[column].name, JSONValue(count))
    }
    let summary: JSONValue = [
      "table": .string("\(table)"), "from": JSONValue(difference.before.version),
      "to": JSONValue(difference.after.version),
      "key": .array(difference.key.map { .string($0) }), "added": JSONValue(counts.added),
      "removed": JSONValue(counts.removed), "changed": JSONValue(counts.changed),
      "changed_by_column": .object(JSONObject(byColumn)),
      "changes": .array(difference.changes.map { .string($0) }),
    ]
    try console.output.write(JSONWriter.text(summary) + "\n")
    return counts
  }

  private func json(_ row: TableDifference.Row) -> [UInt8] {
    switch row {
    case .added(let values): line("added", before: nil, after: values)
    case .removed(let values): line("removed", before: values, after: nil)
    case .changed(let before, let after, _): line("changed", before: before, after: after)
    }
  }

  private func line(_ word: String, before: Batch?, after: Batch?) -> [UInt8] {
    var bytes = Array("{\"row\":\"\(word)\",\"before\":".utf8)
    append(before, to: &bytes)
    bytes += Array(",\"after\":".utf8)
    append(after, to: &bytes)
    bytes += Array("}\n".utf8)
    return bytes
  }

  private func append(_ row: Batch?, to bytes: inout [UInt8]) {
    guard let row else {
      bytes += Array("null".utf8)
      return
    }
    JSONRowFormatter(row, decimalsAsStrings: true).append(row: 0, to: &bytes)
  }
}
