import Columnar
import Compression
package import Core

/// The positions of a data file's deleted rows: a 64-bit roaring bitmap.
///
///     magic 1681511377 (4 bytes) | number of maps (8) | high half (4), 32-bit roaring bitmap | …
///
/// In a file, the size (4 bytes, big endian) stands ahead and a CRC-32 behind; a file begins with
/// its version, and may hold the vectors of many data files.
struct DeletionVector: Sendable {
  private static let magic: UInt32 = 1_681_511_377
  /// Of a file of vectors.
  static let fileVersion: UInt8 = 1

  // Runs, since damage may claim billions of positions in a few bytes.
  let positions: PositionRuns

  /// The vector that takes away the rows at `positions`.
  init(_ positions: PositionRuns) { self.positions = positions }

  /// Reads the vector that `descriptor` points at.
  init(_ descriptor: DeletionVectorDescriptor, of table: Table) throws(Fault) {
    let path = try table.location(of: descriptor)
    let place = Place(path ?? table.log.path)
    let bytes: [UInt8]
    if let path {
      bytes = try Self.stored(descriptor, in: try table.fileSystem.open(path), at: place)
    } else {
      guard let inline = Z85.decode(descriptor.pathOrInline) else { throw Self.damage(at: place) }
      bytes = Array(inline.prefix(descriptor.byteCount))
    }
    var reader = RoaringReader(bytes)
    guard reader.uint32() == Self.magic, let runs = reader.runs() else {
      throw Self.damage(at: place)
    }
    positions = PositionRuns(runs)
    guard positions.count == descriptor.rowCount else { throw Self.damage(at: place) }
  }

  /// The bytes of the vector in a file, which must be those that were written.
  private static func stored(
    _ descriptor: DeletionVectorDescriptor, in file: any ReadableFile, at place: Place
  ) throws(Fault) -> [UInt8] {
    let offset = descriptor.offset ?? 1
    let (size, checksum) = (4, 4)
    guard descriptor.byteCount <= file.byteCount - size - checksum - offset else {
      throw damage(at: place)
    }
    guard descriptor.byteCount <= PieceLimit.byteCount else {
      throw Fault(
        .data, at: place, "a deletion vector has \(descriptor.byteCount) bytes",
        remedy: "give the run more with --memory, if the file is right")
    }
    let stored = try file.read(at: offset, count: size + descriptor.byteCount + checksum)
    guard stored.count == size + descriptor.byteCount + checksum,
      bigEndian(stored.prefix(size)) == UInt32(descriptor.byteCount)
    else { throw damage(at: place) }
    let bytes = Array(stored.dropFirst(size).dropLast(checksum))
    guard bytes.withUnsafeBytes({ crc32Checksum($0) }) == bigEndian(stored.suffix(checksum)) else {
      throw damage(at: place)
    }
    return bytes
  }

  private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The vector as it lies in the log, or in a file between its size and its checksum.
  var bytes: [UInt8] {
    var writer = RoaringWriter()
    writer.append(Self.magic)
    writer.append(positions)
    return writer.bytes
  }

  /// The bytes of a vector as they lie in a file: between its size and its checksum.
  static func framed(_ bytes: [UInt8]) -> [UInt8] {
    let checksum = bytes.withUnsafeBytes { crc32Checksum($0) }
    return withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
      + withUnsafeBytes(of: checksum.bigEndian) { Array($0) }
  }

  /// The vector as a description that holds it itself.
  var inline: DeletionVectorDescriptor {
    let bytes = bytes
    return DeletionVectorDescriptor(
      storageType: "i", pathOrInline: Z85.encode(bytes), offset: nil, byteCount: bytes.count,
      rowCount: positions.count)
  }

  /// A set bit for each of `rows` that is not deleted.
  func rest(of rows: Range<Int>) -> Bitmap {
    var bits = Bitmap(repeating: true, count: rows.count)
    let runs = positions.runs
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

  private static func damage(at place: Place) -> Fault {
    Fault(
      .data, at: place, "a deletion vector is damaged", remedy: "restore the file from a copy")
  }
}

extension Table {
  /// What is wrong with the deletion vector of `file`, which has so many rows; nil when nothing
  /// is, or it has none.
  package func vectorProblem(of file: AddedFile, rowCount: Int) throws(Fault) -> String? {
    guard let descriptor = file.deletionVector else { return nil }
    if file.rowCount == nil { return "it has a deletion vector, and the log not its rows" }
    do throws(Fault) {
      let end = try DeletionVector(descriptor, of: self).positions.end
      return end > UInt64(rowCount) ? "its deletion vector takes away rows that it has not" : nil
    } catch {
      switch error.kind {
      case .missing: return "its deletion vector is gone"
      case .data: return error.problem
      default: throw error
      }
    }
  }
}
