import Columnar
import Core

/// The positions of a data file's deleted rows: a 64-bit roaring bitmap.
///
///     magic 1681511377 (4 bytes) | number of maps (8) | high half (4), 32-bit roaring bitmap | …
///
/// In a file, the size (4 bytes, big endian) stands ahead and a CRC-32 behind.
struct DeletionVector: Sendable {
  private static let magic: UInt32 = 1_681_511_377
  /// Sorted.
  private let positions: [UInt64]

  /// Reads the vector that `descriptor` points at.
  init(_ descriptor: DeletionVectorDescriptor, of table: Table) throws(Fault) {
    let place: Place
    let bytes: [UInt8]
    if descriptor.storageType == "i" {
      place = Place(table.log.path)
      guard let inline = Z85.decode(descriptor.pathOrInline) else {
        throw DeletionVector.damage(at: place)
      }
      bytes = Array(inline.prefix(descriptor.byteCount))
    } else {
      let path = try DeletionVector.path(descriptor, of: table)
      place = Place(path)
      let file = try table.fileSystem.open(path)
      let stored = try file.read(at: descriptor.offset ?? 1, count: descriptor.byteCount + 4)
      guard stored.count == descriptor.byteCount + 4,
        stored.prefix(4).reduce(0, { $0 << 8 | Int($1) }) == descriptor.byteCount
      else { throw DeletionVector.damage(at: place) }
      bytes = Array(stored.dropFirst(4))
    }
    var reader = RoaringReader(bytes)
    guard reader.uint32() == DeletionVector.magic, let positions = reader.positions() else {
      throw DeletionVector.damage(at: place)
    }
    self.positions = positions
  }

  /// A set bit for each of `rows` that is not deleted.
  func rest(of rows: Range<Int>) -> Bitmap {
    var bits = Bitmap(repeating: true, count: rows.count)
    var low = 0
    var high = positions.count
    while low < high {
      let middle = (low + high) / 2
      if positions[middle] < UInt64(rows.lowerBound) { low = middle + 1 } else { high = middle }
    }
    while low < positions.count, positions[low] < UInt64(rows.upperBound) {
      bits[Int(positions[low]) - rows.lowerBound] = false
      low += 1
    }
    return bits
  }

  private static func path(
    _ descriptor: DeletionVectorDescriptor, of table: Table
  ) throws(Fault) -> String {
    let text = descriptor.pathOrInline
    guard descriptor.storageType == "u" else { return try table.location(ofFile: text) }
    // A UUID in 20 letters of base 85, behind a random folder name.
    guard text.utf8.count >= 20, let bytes = Z85.decode(String(text.suffix(20))),
      bytes.count == 16
    else { throw damage(at: Place(table.log.path)) }
    let digits = hexText(bytes)
    var name = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { name += "-" }
      name.append(digit)
    }
    let folder = text.dropLast(20)
    return "\(table.path)/\(folder.isEmpty ? "" : folder + "/")deletion_vector_\(name).bin"
  }

  private static func damage(at place: Place) -> Fault {
    Fault(
      .data, at: place, "a deletion vector is damaged", remedy: "restore the file from a copy")
  }
}

/// Reads the portable serialisation of roaring bitmaps, little endian. Every method gives nil when
/// the bytes end too early.
private struct RoaringReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func uint16() -> UInt16? { number(2).map { UInt16($0) } }
  mutating func uint32() -> UInt32? { number(4).map { UInt32($0) } }

  /// All positions of a 64-bit bitmap, ascending.
  mutating func positions() -> [UInt64]? {
    guard let mapCount = number(8), mapCount <= UInt64(bytes.count) else { return nil }
    var result: [UInt64] = []
    for _ in 0..<mapCount {
      guard let high = uint32(), append(high: UInt64(high) << 32, to: &result) else { return nil }
    }
    return result
  }

  private mutating func number(_ count: Int) -> UInt64? {
    guard position + count <= bytes.count else { return nil }
    defer { position += count }
    return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// One 32-bit bitmap: a cookie, for each container its key and size, perhaps offsets, contents.
  private mutating func append(high: UInt64, to result: inout [UInt64]) -> Bool {
    let cookieWithoutRuns: UInt32 = 12_346
    let cookieWithRuns: UInt32 = 12_347
    guard let cookie = uint32() else { return false }
    let count: Int
    var runFlags: [UInt8] = []
    if cookie & 0xFFFF == cookieWithRuns {
      count = Int(cookie >> 16) + 1
      for _ in 0..<(count + 7) / 8 {
        guard let flags = number(1) else { return false }
        runFlags.append(UInt8(flags))
      }
    } else {
      guard cookie == cookieWithoutRuns, let size = uint32(), size <= 1 << 16 else { return false }
      count = Int(size)
    }
    var containers: [(key: UInt64, cardinality: Int)] = []
    for _ in 0..<count {
      guard let key = uint16(), let size = uint16() else { return false }
      containers.append((UInt64(key) << 16, Int(size) + 1))
    }
    if runFlags.isEmpty || count >= 4 {
      guard number(4, times: count) else { return false }
    }
    for (index, container) in containers.enumerated() {
      let hasRuns = !runFlags.isEmpty && runFlags[index / 8] & 1 << (index % 8) != 0
      let first = high | container.key
      let isRead =
        hasRuns
        ? appendRuns(first, to: &result)
        : container.cardinality > 4_096
          ? appendBits(first, to: &result)
          : appendValues(first, container.cardinality, to: &result)
      if !isRead { return false }
    }
    return true
  }

  private mutating func number(_ count: Int, times: Int) -> Bool {
    guard position + count * times <= bytes.count else { return false }
    position += count * times
    return true
  }

  private mutating func appendRuns(_ first: UInt64, to result: inout [UInt64]) -> Bool {
    guard let runCount = uint16() else { return false }
    for _ in 0..<runCount {
      guard let start = uint16(), let length = uint16() else { return false }
      for value in UInt64(start)...UInt64(start) + UInt64(length) { result.append(first + value) }
    }
    return true
  }

  private mutating func appendBits(_ first: UInt64, to result: inout [UInt64]) -> Bool {
    for word in 0..<UInt64(1_024) {
      guard var bits = number(8) else { return false }
      while bits != 0 {
        result.append(first + word * 64 + UInt64(bits.trailingZeroBitCount))
        bits &= bits - 1
      }
    }
    return true
  }

  private mutating func appendValues(
    _ first: UInt64, _ count: Int, to result: inout [UInt64]
  ) -> Bool {
    for _ in 0..<count {
      guard let value = uint16() else { return false }
      result.append(first + UInt64(value))
    }
    return true
  }
}

/// Text in base 85 (ZeroMQ's alphabet): five letters for four bytes.
enum Z85 {
  private static let alphabet = [UInt8](
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

  /// The bytes `text` stands for, or nil.
  static func decode(_ text: String) -> [UInt8]? {
    let letters = [UInt8](text.utf8)
    guard letters.count.isMultiple(of: 5) else { return nil }
    var result: [UInt8] = []
    for start in stride(from: 0, to: letters.count, by: 5) {
      var number: UInt64 = 0
      for letter in letters[start..<start + 5] {
        guard let digit = alphabet.firstIndex(of: letter) else { return nil }
        number = number * 85 + UInt64(digit)
      }
      guard number <= UInt64(UInt32.max) else { return nil }
      for shift in [24, 16, 8, 0] as [UInt64] { result.append(UInt8(number >> shift & 0xFF)) }
    }
    return result
  }
}
