import Columnar

/// Strings and binaries by dictionary as long as that pays, then plainly.
///
/// Columns that are dictionaries already are translated code by code: each of their entries is
/// looked up once, however many rows have it.
final class BytesEncoder: ValueEncoder {
  private let limits: DictionaryLimits
  private var dictionary: BytesDictionary?
  private var codes: [Int32] = []
  private var plain: [UInt8] = []
  /// What the values of the page at hand would take plainly.
  private var plainByteCount = 0
  private var hasDictionaryPage = false
  private var finished: (count: Int, bytes: [UInt8])?
  private var least: [UInt8]?
  private var greatest: [UInt8]?
  /// The input dictionaries seen lately, the last one first.
  private var translations: [Translation] = []
  /// So many of them are remembered: those of a few readers whose batches come in turn.
  private static let translationLimit = 4

  /// An input dictionary, and our code for each of its entries, or -1.
  private struct Translation {
    var source: ByteDictionary
    var codes: [Int32] = []
  }

  init(limits: DictionaryLimits) {
    self.limits = limits
    dictionary = limits.byteCount > 0 ? BytesDictionary() : nil
  }

  func append(_ column: Column) {
    switch (column.values, dictionary != nil) {
    case (.bytes(let runs), true): encode(runs)
    case (.bytes(let runs), false): appendPlain(runs, nil)
    case (.dictionary(let codes, let source), true): translate(codes, source)
    case (.dictionary(let codes, let source), false): appendPlain(source.values, codes)
    default: preconditionFailure("a \(column.type.sql) column is not stored as bytes")
    }
  }

  var pendingByteCount: Int {
    guard let dictionary else { return plain.count }
    return codes.count * bitWidth(of: max(1, dictionary.count - 1)) / 8
  }

  var heldByteCount: Int {
    codes.capacity * 4 + plain.capacity + translations.reduce(0) { $0 + $1.codes.capacity * 4 }
      + (dictionary?.heldByteCount ?? 0) + (finished?.bytes.count ?? 0)
  }

  func takePage() -> (encoding: Encoding, bytes: [UInt8]) {
    guard let dictionary else {
      defer { plain.removeAll(keepingCapacity: true) }
      return (.plain, plain)
    }
    let pays = DictionaryLimits.pays(
      dictionary: dictionary.plainByteCount, codes: pendingByteCount, plain: plainByteCount)
    plainByteCount = 0
    if !hasDictionaryPage, !pays {
      appendPlain(dictionary.values, codes)
      codes = []
      self.dictionary = nil
      return takePage()
    }
    hasDictionaryPage = true
    let width = bitWidth(of: max(0, dictionary.count - 1))
    let bytes = [UInt8(width)] + runLengthEncoded(codes, width: width)
    codes.removeAll(keepingCapacity: true)
    if dictionary.plainByteCount > limits.byteCount {
      finished = (dictionary.count, dictionary.plainBytes)
      self.dictionary = nil
      translations = []
    }
    return (.runLengthDictionary, bytes)
  }

  func takeDictionary() -> (count: Int, bytes: [UInt8])? {
    if let finished { return finished }
    guard hasDictionaryPage, let dictionary else { return nil }
    return (dictionary.count, dictionary.plainBytes)
  }

  var bounds: PlainBounds? {
    guard let least, let greatest else { return nil }
    return PlainBounds(minimum: least, maximum: greatest)
  }

  private func encode(_ runs: ByteRuns) {
    plainByteCount += runs.bytes.count + 4 * runs.count
    let known = dictionary!.count
    dictionary!.encode(runs, into: &codes)
    noteEntries(from: known)
  }

  private func translate(_ input: [Int32], _ from: ByteDictionary) {
    let known = dictionary!.count
    bringForward(from)
    plainByteCount += dictionary!.translate(
      input, from.values, &translations[0].codes, into: &codes)
    noteEntries(from: known)
  }

  /// Makes the translation from a dictionary the first.
  private func bringForward(_ from: ByteDictionary) {
    if let place = translations.firstIndex(where: { $0.source.identity == from.identity }) {
      if place > 0 { translations.swapAt(0, place) }
      // Of two stages of one dictionary the longer knows what the shorter does.
      if translations[0].source.begins(from) { translations[0].source = from }
    } else {
      translations.removeAll { $0.source.isOfOneBatch }
      if translations.count == BytesEncoder.translationLimit { translations.removeLast() }
      translations.insert(Translation(source: from), at: 0)
    }
    let missing = from.values.count - translations[0].codes.count
    if missing > 0 {
      translations[0].codes.append(contentsOf: repeatElement(-1, count: missing))
    }
  }

  /// Every entry of the dictionary is some row's value, so only new entries move the bounds.
  private func noteEntries(from known: Int) {
    let values = dictionary!.values
    values.bytes.withUnsafeBytes { bytes in
      for entry in known..<values.count {
        let range = Int(values.offsets[entry])..<Int(values.offsets[entry + 1])
        note(UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    }
  }

  /// Appends length and bytes of the values at `rows`, or of all.
  private func appendPlain(_ runs: ByteRuns, _ rows: [Int32]?) {
    let bounds = appendPlainRuns(runs, rows, to: &plain)
    guard let bounds else { return }
    runs.bytes.withUnsafeBytes { bytes in
      for range in [bounds.least, bounds.greatest] {
        note(UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    }
  }

  private func note(_ value: UnsafeRawBufferPointer) {
    if least == nil || precedes(value, least!) { least = Array(value) }
    if greatest == nil || follows(value, greatest!) { greatest = Array(value) }
  }

  private func precedes(_ value: UnsafeRawBufferPointer, _ bound: [UInt8]) -> Bool {
    bound.withUnsafeBytes { comesBefore(value, $0) }
  }

  private func follows(_ value: UnsafeRawBufferPointer, _ bound: [UInt8]) -> Bool {
    bound.withUnsafeBytes { comesBefore($0, value) }
  }
}
