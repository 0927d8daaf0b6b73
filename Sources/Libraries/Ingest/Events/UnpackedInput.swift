import Bronze
import Compression
import Core

/// The bytes of an input of lines, unpacked; looked at where they begin, and digested as they pass:
/// as they lie there, and unpacked where that is something else.
final class UnpackedInput: ByteSource {
  private let packed: DigestingSource
  private let unpacked: DecompressingReader
  private let place: Place
  private let isPipe: Bool
  private var content: SHA256?
  /// What was read to look at it; nil until that was done.
  private var start: [UInt8]?

  /// The input `name`, which is a pipe or a file; with `isReadAhead` another thread reads it.
  init(_ source: any ByteSource, name: String, isPipe: Bool, isReadAhead: Bool) {
    let packed = DigestingSource(source)
    self.packed = packed
    place = Place(name)
    self.isPipe = isPipe
    unpacked = DecompressingReader(
      isReadAhead ? BytesAhead(packed, capacity: 32) : packed, at: place)
  }

  /// A `.data` fault when the input is of another kind than lines of JSON.
  func next() throws(Fault) -> [UInt8]? {
    if start == nil {
      let first = try FirstBytes(of: unpacked, isPipe: isPipe)
      start = first.bytes
      if unpacked.codec != .none { content = SHA256() }
      if let mismatch = first.mismatchWithLines { throw mismatch.fault(at: place) }
    }
    if let start, !start.isEmpty {
      self.start = []
      content?.append(start)
      return start
    }
    guard let piece = try unpacked.next() else { return nil }
    content?.append(piece)
    return piece
  }

  /// The input as it is remembered, once all of it was read; `status` is that of a file.
  func taken(_ status: FileStatus?) -> BronzeInput {
    var input =
      status.map { BronzeInput(place.file, $0) }
      ?? BronzeInput(name: place.file, byteCount: packed.byteCount, digest: "")
    input.byteCount = packed.byteCount
    input.digest = packed.finish()
    input.content = content.map { hexText($0.finish()) }
    return input
  }
}
