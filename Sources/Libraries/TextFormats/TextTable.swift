package import Columnar
import Core

/// Rows of texts under names, laid out in columns for a person.
package struct TextTable {
  private let names: [String]
  private let rightAligned: Set<Int>
  private var rows: [[String]] = []

  /// A table without rows; the columns at the positions `rightAligned` hold numbers.
  package init(_ names: [String], rightAligned: Set<Int> = []) {
    self.names = names.map { shown($0) }
    self.rightAligned = rightAligned
  }

  /// The rows of a batch; texts longer than `widestCell` are cut.
  package init(_ batch: Batch, widestCell: Int = .max) {
    self.init(
      batch.schema.names,
      rightAligned: Set(
        batch.columns.indices.filter { CellText.standsRight(batch.columns[$0].type) }))
    for row in 0..<batch.rowCount {
      append(batch.columns.map { Self.cut(CellText.text($0, row), widestCell) })
    }
  }

  /// Adds a row, a text a column; what a terminal would obey is spelled out.
  package mutating func append(_ row: [String]) { rows.append(row.map { shown($0) }) }

  /// The table with its head, a line a row.
  package var text: String { text(margin: "") }

  /// The same, each line behind `margin`.
  package func text(margin: String) -> String {
    let layout = TableLayout(names, rightAligned: rightAligned, fitting: rows)
    return (layout.head + rows.map(layout.line)).map { "\(margin)\($0)\n" }.joined()
  }

  /// `text`, or as much of it as has room in `width` characters.
  package static func cut(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }
}

/// The widths of a table's columns, and lines by them.
struct TableLayout {
  private let names: [String]
  private let widths: [Int]
  private let rightAligned: Set<Int>

  /// Columns wide enough for their names and for `rows`.
  init(_ names: [String], rightAligned: Set<Int>, fitting rows: [[String]]) {
    self.names = names
    self.rightAligned = rightAligned
    widths = names.indices.map { column in
      rows.reduce(names[column].count) { max($0, $1[column].count) }
    }
  }

  /// The names, and a line under them.
  var head: [String] {
    [line(names), widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")]
  }

  /// The texts of a row, each in its column; a text that is too wide pushes the others.
  func line(_ row: [String]) -> String {
    let cells = row.enumerated().map { column, text in
      let padding = String(repeating: " ", count: max(0, widths[column] - text.count))
      if rightAligned.contains(column) { return padding + text }
      return column == row.count - 1 ? text : text + padding
    }
    return cells.joined(separator: "  ")
  }
}
