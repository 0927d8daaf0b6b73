import Columnar
import Core

/// The positions of a data file's deleted rows: a 64-bit roaring bitmap.
///
///     magic 1681511377 (4 bytes) | number of maps (8) | high half (4), 32-bit roaring bitmap | …
///
/// In a file, the size (4 bytes, big endian) stands ahead and a CRC-32 behind.
struct DeletionVector: Sendable {
  private static let magic: UInt32 = 1_681_511_377
  /// Ascending, none touching the next: damage may claim a run of billions in a few bytes.
  private let runs: [Range<UInt64>]

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
      let offset = descriptor.offset ?? 1
      guard descriptor.byteCount <= file.byteCount - 4 - offset else {
        throw DeletionVector.damage(at: place)
      }
      guard descriptor.byteCount <= PieceLimit.byteCount else {
        throw Fault(
          .data, at: place, "a deletion vector has \(descriptor.byteCount) bytes",
          remedy: "give the run more with --memory, if the file is right")
      }
      let stored = try file.read(at: offset, count: descriptor.byteCount + 4)
      guard stored.count == descriptor.byteCount + 4,
        stored.prefix(4).reduce(0, { $0 << 8 | Int($1) }) == descriptor.byteCount
      else { throw DeletionVector.damage(at: place) }
      bytes = Array(stored.dropFirst(4))
    }
    var reader = RoaringReader(bytes)
    guard reader.uint32() == DeletionVector.magic, let runs = reader.runs(),
      runs.reduce(0, { $0 + UInt64($1.count) }) == UInt64(descriptor.rowCount)
    else { throw DeletionVector.damage(at: place) }
    self.runs = runs
  }

  /// A set bit for each of `rows` that is not deleted.
  func rest(of rows: Range<Int>) -> Bitmap {
    var bits = Bitmap(repeating: true, count: rows.count)
    let (first, end) = (UInt64(rows.lowerBound), UInt64(rows.upperBound))
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound <= first { low = middle + 1 } else { high = middle }
    }
    while low < runs.count, runs[low].lowerBound < end {
      for position in runs[low].clamped(to: first..<end) { bits[Int(position - first)] = false }
      low += 1
    }
    return bits
  }

  /// The file on disk that holds the vector.
  static func path(
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
