import Columnar

/// The values of a dictionary page, in the layout of their column.
struct DictionaryPage {
  let values: Column.Values
  let count: Int
  /// Set for strings and binaries: columns share it instead of copying.
  let byteDictionary: ByteDictionary?
  /// The bytes of the longest string or binary; 0 for numbers.
  let longest: Int
  private let hold: PageRoomHold

  init(_ values: Column.Values, count: Int, hold: PageRoomHold) {
    self.values = values
    self.count = count
    self.hold = hold
    if case .bytes(let runs) = values {
      byteDictionary = ByteDictionary(runs)
      longest = (0..<runs.count).reduce(0) { max($0, Int(runs.offsets[$1 + 1] - runs.offsets[$1])) }
    } else {
      byteDictionary = nil
      longest = 0
    }
  }
}

/// Codes into the chunk's dictionary page: one byte for their width, then runs.
final class DictionaryDecoder: ValueDecoder {
  private let dictionary: DictionaryPage
  private var codes: RunLengthDecoder

  init(_ page: PageBytes, _ range: Range<Int>, _ dictionary: DictionaryPage) throws(Damage) {
    self.dictionary = dictionary
    // A page of NULLs only may have no bytes at all.
    let width = range.isEmpty ? 0 : Int(page.load(range.lowerBound, as: UInt8.self))
    codes = try RunLengthDecoder(
      page, min(range.lowerBound + 1, range.upperBound)..<range.upperBound, width: width)
  }

  var longest: Int { dictionary.longest }

  /// As if all were the longest: a value costs nothing here, but does where it is put out.
  func fitting(_ count: Int, in byteCount: Int) -> Int {
    longest == 0 ? count : min(count, byteCount / longest)
  }

  func next(_ count: Int) throws(Damage) -> Column.Values {
    var damage: Damage?
    let decoded = [Int32](unsafeUninitializedCapacity: count) { target, filled in
      do throws(Damage) {
        if count > 0 { try codes.decode(count, into: target.baseAddress!) }
        filled = count
      } catch {
        damage = error
        filled = 0
      }
    }
    if let damage { throw damage }
    var greatest: UInt32 = 0
    for code in decoded { greatest = max(greatest, UInt32(bitPattern: code)) }
    guard count == 0 || greatest < UInt32(dictionary.count) else {
      throw Damage("code \(greatest) is past the end of a dictionary of \(dictionary.count)")
    }
    if let shared = dictionary.byteDictionary {
      return .dictionary(codes: decoded, dictionary: shared)
    }
    return decoded.withUnsafeBufferPointer { codes in
      switch dictionary.values {
      case .boolean(let values): .boolean(gather(values, codes))
      case .int32(let values): .int32(gather(values, codes))
      case .int64(let values): .int64(gather(values, codes))
      case .int128(let values): .int128(gather(values, codes))
      case .double(let values): .double(gather(values, codes))
      case .bytes, .dictionary, .list, .structure:
        preconditionFailure("a dictionary page holds leaves")
      }
    }
  }
}

/// Booleans as runs of one bit.
final class RunLengthBooleanDecoder: ValueDecoder {
  private var runs: RunLengthDecoder

  init(_ page: PageBytes, _ range: Range<Int>) throws(Damage) {
    guard range.count >= 4 else { throw Damage("a page ends too early") }
    let byteCount = Int(page.load(range.lowerBound, as: UInt32.self))
    guard byteCount <= range.count - 4 else { throw Damage("a page ends too early") }
    let start = range.lowerBound + 4
    runs = try RunLengthDecoder(page, start..<start + byteCount, width: 1)
  }

  func next(_ count: Int) throws(Damage) -> Column.Values {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBufferPointer { target -> Damage? in
      do throws(Damage) {
        if count > 0 { try runs.decode(count, into: target.baseAddress!) }
        return nil
      } catch {
        return error
      }
    }
    if let result { throw result }
    return .boolean(bytes.map { $0 != 0 })
  }
}
