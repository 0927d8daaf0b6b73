import Columnar

/// Numbers by dictionary as long as that pays, then plainly.
///
/// Called through `ChunkEncoder`, which knows the type of number, so that the loops are compiled
/// for it.
final class NumberEncoder<Number: StoredNumber>: ValueEncoder {
  private let width: Int
  private let isBigEndian: Bool
  private let limits: DictionaryLimits
  private var dictionary: NumberDictionary<Number.Key>?
  private var codes: [Int32] = []
  private var plain: [Number] = []
  private var hasDictionaryPage = false
  private var least: Number?
  private var greatest: Number?
  private var isOrdered = true

  /// `width` is the bytes a number takes; numbers of fixed length arrays are big-endian.
  init(width: Int, isBigEndian: Bool = false, limits: DictionaryLimits) {
    self.width = width
    self.isBigEndian = isBigEndian
    self.limits = limits
    dictionary = limits.byteCount > 0 ? NumberDictionary() : nil
  }

  func append(_ column: Column) {
    let values = Number.values(of: column)
    note(values)
    if dictionary == nil {
      plain.append(contentsOf: values)
    } else {
      dictionary!.encode(values, into: &codes)
    }
  }

  var pendingByteCount: Int {
    guard let dictionary else { return plain.count * width }
    return codes.count * bitWidth(of: max(1, dictionary.count - 1)) / 8
  }

  var heldByteCount: Int {
    codes.capacity * 4 + plain.capacity * MemoryLayout<Number>.stride
      + (dictionary?.heldByteCount ?? 0) + (finished?.bytes.count ?? 0)
  }

  func takePage() -> (encoding: Encoding, bytes: [UInt8]) {
    guard let dictionary else {
      defer { plain.removeAll(keepingCapacity: true) }
      return (.plain, plainBytes(plain))
    }
    let pays = DictionaryLimits.pays(
      dictionary: dictionary.count * width, codes: pendingByteCount, plain: codes.count * width)
    if !hasDictionaryPage, !pays {
      let values = codes.map { Number(key: dictionary.values[Int($0)]) }
      codes = []
      self.dictionary = nil
      return (.plain, plainBytes(values))
    }
    hasDictionaryPage = true
    let codeWidth = bitWidth(of: max(0, dictionary.count - 1))
    let bytes = [UInt8(codeWidth)] + runLengthEncoded(codes, width: codeWidth)
    codes.removeAll(keepingCapacity: true)
    if dictionary.count * width > limits.byteCount {
      finished = (dictionary.count, plainBytes(dictionary.values.map { Number(key: $0) }))
      self.dictionary = nil
    }
    return (.runLengthDictionary, bytes)
  }

  /// The dictionary page of a dictionary that grew too large.
  private var finished: (count: Int, bytes: [UInt8])?

  func takeDictionary() -> (count: Int, bytes: [UInt8])? {
    if let finished { return finished }
    guard hasDictionaryPage, let dictionary else { return nil }
    return (dictionary.count, plainBytes(dictionary.values.map { Number(key: $0) }))
  }

  var bounds: PlainBounds? {
    guard isOrdered, let least, let greatest else { return nil }
    return PlainBounds(minimum: plainBytes([least]), maximum: plainBytes([greatest]))
  }

  private func note(_ values: [Number]) {
    guard isOrdered, var low = values.first else { return }
    var high = low
    var ordered = true
    values.withUnsafeBufferPointer { values in
      for value in values {
        low = value < low ? value : low
        high = high < value ? value : high
        ordered = ordered && value.isOrdered
      }
    }
    isOrdered = ordered
    least = least.map { min($0, low) } ?? low
    greatest = greatest.map { max($0, high) } ?? high
  }

  private func plainBytes(_ values: [Number]) -> [UInt8] {
    if !isBigEndian {
      return values.withUnsafeBytes { Array($0) }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * width)
    for value in values {
      var shift = (width - 1) * 8
      while shift >= 0 {
        bytes.append(UInt8(truncatingIfNeeded: value.key >> Number.Key(shift)))
        shift -= 8
      }
    }
    return bytes
  }
}
