import Core
import Database

/// Text that is not UTF-8 in the rows of a table, by column.
struct ForeignTexts {
  private var found: [String: Oddity] = [:]

  /// Notes what `row` has of it, whose columns are called `names`; `key` names the row.
  mutating func note(_ row: RowTexts, _ names: [String], _ key: @autoclosure () -> String) {
    for (column, value) in row.values.enumerated() {
      guard let value, row.bytes[value].withTextBytes(ForeignText.isEscaped) else { continue }
      found[names[column], default: Oddity()].note(key(), "")
    }
  }

  /// What was found, in the order of the columns' names.
  var byColumn: [(column: String, found: Oddity)] {
    found.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }
}
