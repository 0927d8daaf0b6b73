import Columnar
import Core

/// A value that SQLite would hold as another one.
struct UnstorableValue: Error {
  var row: Int
  /// The value as text.
  var value: String
  /// What SQLite cannot do with it.
  var lack: String
  var remedy: String

  /// The first decimal of `column` that does not read back.
  init(unprovenIn column: Column) {
    var found = (row: 0, value: "a decimal")
    for row in 0..<column.count {
      guard case .decimal(let decimal) = column.scalar(at: row), StoredDecimal(decimal) == nil
      else { continue }
      found = (row, "\(decimal)")
      break
    }
    self.init(
      row: found.row, value: found.value, lack: "hold exactly",
      remedy: "give it at most 15 digits in the job's SELECT, or set such rows aside in silver")
  }

  init(row: Int, value: String, lack: String, remedy: String) {
    self.row = row
    self.value = value
    self.lack = lack
    self.remedy = remedy
  }
}
