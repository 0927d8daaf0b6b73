package import Core

/// The bytes of a stream that may be gzip, zstd or plain, told apart by how it begins. Several gzip
/// members or zstd frames one after another are one stream.
///
/// A stream that is damaged or ends too early is a `.data` fault at `place`.
package final class DecompressingReader: ByteSource {
  private static let pieceByteCount = 256 << 10

  private let source: any ByteSource
  private let place: Place
  private var input: [UInt8] = []
  private var taken = 0
  private var isStarted = false
  private var stream: (any StreamDecompressing)?

  /// What the stream was found to be; `.none` until the first piece was read.
  package private(set) var codec = Codec.none

  package init(_ source: any ByteSource, at place: Place) {
    self.source = source
    self.place = place
  }

  /// A reader of a whole file.
  package convenience init(_ file: any ReadableFile, at place: Place) {
    self.init(FileBytes(file), at: place)
  }

  package func next() throws(Fault) -> [UInt8]? {
    if !isStarted { try start() }
    guard let stream else { return try nextPlain() }
    while true {
      if taken == input.count {
        guard let piece = try source.next() else {
          // What the stream still holds is put out before the end is judged.
          let rest = try decompress(stream)
          if let rest, !rest.isEmpty { return rest }
          guard stream.isComplete else {
            throw Fault(
              .data, at: place, "\(codec.rawValue) stream ends too early",
              remedy: "get the file again from where it came from")
          }
          return nil
        }
        input = piece
        taken = 0
      }
      if let output = try decompress(stream), !output.isEmpty { return output }
    }
  }

  /// Reads as much as it takes to know the format.
  private func start() throws(Fault) {
    isStarted = true
    while input.count < 4, let piece = try source.next() { input += piece }
    if input.starts(with: [0x1F, 0x8B]) {
      codec = .gzip
      stream = try GzipDecompressor()
    } else if input.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || isSkippableZstdFrame {
      codec = .zstd
      stream = try ZstdDecompressor()
    }
  }

  private var isSkippableZstdFrame: Bool {
    input.count >= 4 && input[0] & 0xF0 == 0x50 && input[1...3].elementsEqual([0x2A, 0x4D, 0x18])
  }

  private func nextPlain() throws(Fault) -> [UInt8]? {
    guard input.isEmpty else {
      defer { input = [] }
      return input
    }
    return try source.next()
  }

  private func decompress(_ stream: any StreamDecompressing) throws(Fault) -> [UInt8]? {
    var failure: DecompressionFailure?
    let output = [UInt8](unsafeUninitializedCapacity: DecompressingReader.pieceByteCount) {
      output, count in
      input.withUnsafeBytes { buffer in
        let before = taken
        let made = stream.decompress(buffer, &taken, into: UnsafeMutableRawBufferPointer(output))
        count = made ?? 0
        if made == nil { failure = stream.failure }
        // What takes nothing and gives nothing, though there is more, never ends.
        if made == 0, taken == before, taken < buffer.count { failure = .damage }
      }
    }
    if let failure { throw failure.fault(of: "\(codec.rawValue) stream", at: place) }
    return output
  }
}
