/// The large values that a transaction has told of rows: a later change of one of them, which
/// leaves such a value as it was, does not tell it again.
///
/// What is forgotten, for it was too much, is absent in that change as it is in the log.
struct LargeValues {
  /// The server moves values out of a row that has more bytes than about this, the longest first,
  /// and none that is shorter than what stands in its place (TOAST).
  private static let rowByteCount = 2_000
  private static let valueByteCount = 19
  /// So many bytes are remembered.
  private static let byteLimit = 32 << 20

  private var values: [[UInt8]: [Int: [UInt8]]] = [:]
  private var byteCount = 0

  /// Whether the server may keep values of a row outside of it: one of `columnCount` columns with
  /// `byteCount` bytes of text, which may be a quarter of what is stored (`{1,2}` of two BIGINTs),
  /// of a short number less.
  static func mayBeOutside(byteCount: Int, columnCount: Int) -> Bool {
    4 * byteCount + 8 * columnCount >= rowByteCount
  }

  /// Whether nothing is remembered.
  var isEmpty: Bool { values.isEmpty }

  /// Forgets all, as another transaction begins.
  mutating func removeAll() {
    if values.isEmpty { return }
    values.removeAll()
    byteCount = 0
  }

  /// Notes what a change gives of the row that `key` tells apart: `texts` at the places `given`.
  mutating func note(
    _ operation: ChangeOperation, _ key: [UInt8], _ given: [Int], _ texts: [ArraySlice<UInt8>?]
  ) {
    if operation == .delete {
      if !values.isEmpty { values[key] = nil }
      return
    }
    let isKnown = !values.isEmpty && values[key] != nil
    for (place, text) in zip(given, texts) {
      if let text, 4 * text.count >= LargeValues.valueByteCount {
        byteCount += text.count
        if byteCount > LargeValues.byteLimit { removeAll() }
        values[key, default: [:]][place] = Array(text)
      } else if isKnown {
        values[key]?[place] = nil
      }
    }
  }

  /// `cells` of the row that `key` tells apart, with what is remembered where they give nothing.
  func filling(_ cells: [RelationForm.Cell], of key: [UInt8]) -> [RelationForm.Cell] {
    guard !values.isEmpty, let known = values[key] else { return cells }
    return cells.enumerated().map { place, cell in
      cell == .absent ? known[place].map { .known($0) } ?? cell : cell
    }
  }
}
