/// The large values that a transaction has told of rows: a later change of one of them, which
/// leaves such a value as it was, does not tell it again.
///
/// What is forgotten, for it was too much, is absent in that change as it is in the log.
struct LargeValues {
  /// The server keeps no value outside of its row that is shorter.
  static let shortest = 1_024
  /// So many bytes are remembered.
  private static let byteLimit = 32 << 20

  private var values: [[UInt8]: [Int: [UInt8]]] = [:]
  private var byteCount = 0

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
      if let text, text.count >= LargeValues.shortest {
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
