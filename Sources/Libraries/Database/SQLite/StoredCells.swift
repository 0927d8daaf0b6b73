import CSQLite

/// Where the values of a stored column lie. Plain pointers: a value is handed to SQLite without
/// counting references.
struct StoredCells {
  enum Kind { case integer, double, text, blob, nothing }

  var kind: Kind
  var integers: UnsafeMutablePointer<Int64>?
  var doubles: UnsafeMutablePointer<Double>?
  /// Texts and BLOBs end to end: entry `i` lies from `offsets[i]` to `offsets[i + 1]`.
  var bytes: UnsafeMutablePointer<UInt8>?
  var offsets: UnsafeMutablePointer<Int32>?
  /// The entry of each row; nil: the row's own.
  var codes: UnsafeMutablePointer<Int32>?
  /// Whether the row has a value; nil: every row has.
  var presence: UnsafeMutablePointer<Bool>?

  init(kind: Kind) { self.kind = kind }

  /// Makes the value at `row` the result of a virtual table's column.
  @inline(__always)
  func give(_ row: Int, to context: OpaquePointer) {
    if let presence, !presence[row] { return sqlite3_result_null(context) }
    switch kind {
    case .integer: sqlite3_result_int64(context, integers![row])
    case .double: sqlite3_result_double(context, doubles![row])
    case .text:
      let text = entry(row)
      text.start.withMemoryRebound(to: CChar.self, capacity: text.count) {
        sqlite3_result_text(context, $0, Int32(truncatingIfNeeded: text.count), nil)
      }
    case .blob:
      let blob = entry(row)
      sqlite3_result_blob(context, blob.start, Int32(truncatingIfNeeded: blob.count), nil)
    case .nothing: sqlite3_result_null(context)
    }
  }

  func deallocate() {
    integers?.deallocate()
    doubles?.deallocate()
    bytes?.deallocate()
    offsets?.deallocate()
    codes?.deallocate()
    presence?.deallocate()
  }

  @inline(__always)
  private func entry(_ row: Int) -> (start: UnsafeMutablePointer<UInt8>, count: Int) {
    let index = codes.map { Int($0[row]) } ?? row
    let start = Int(offsets![index])
    return (bytes! + start, Int(offsets![index + 1]) - start)
  }
}
