import Core
import Governance
import Stewardship
import TextFormats

/// An entry, or a column of it, for people.
struct EntryText {
  private let entry: CatalogEntry
  private let column: CatalogColumn?

  init(_ entry: CatalogEntry, column: CatalogColumn?) {
    self.entry = entry
    self.column = column
  }

  var text: String {
    column.map(text) ?? "\(heading)\(columns)"
  }

  private var heading: String {
    var lines = ["\(entry.name)  (\(entry.kind.rawValue))"]
    lines += [entry.description].compactMap { $0.map { "  \($0)" } }
    func add(_ title: String, _ value: String?) {
      if let value, !value.isEmpty { lines.append("  \(title): \(value)") }
    }
    add("owner", entry.owner)
    add("declared", entry.place.map { "\($0)" })
    add("made from", entry.upstream.map(\.description).joined(separator: ", "))
    add("feeds", entry.downstream.map(\.description).joined(separator: ", "))
    return lines.map { shown($0) + "\n" }.joined() + "\n"
  }

  private var columns: String {
    var table = TextTable(["column", "type", "description"])
    for column in entry.columns {
      table.append([column.name, column.type ?? "", column.description ?? ""])
    }
    return table.text
  }

  private func text(of column: CatalogColumn) -> String {
    var lines = ["\(entry.name).\(column.name)  (\(column.type ?? "no type is known"))"]
    lines += [column.description].compactMap { $0.map { "  \($0)" } }
    lines += column.origins.map { "  from \($0.column)  (\($0.words))" }
    return lines.map { shown($0) + "\n" }.joined()
  }
}
