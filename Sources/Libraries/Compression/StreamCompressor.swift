package import Core

/// Compresses a stream piece by piece, in bounded memory.
///
///     let stream = try StreamCompressor(.zstd)
///     try draft.append(stream.compress(piece))
///     try draft.append(stream.finish())
package final class StreamCompressor {
  private let stream: (any StreamCompressing)?

  /// A stream of `codec`, which may be none, gzip or zstd.
  package init(_ codec: Codec, level: Int? = nil) throws(Fault) {
    let level = level ?? codec.standardLevel
    switch codec {
    case .none: stream = nil
    case .gzip: stream = try GzipCompressor(level: level)
    case .zstd: stream = try ZstdCompressor(level: level)
    case .snappy:
      throw Fault(.usage, "no streams of snappy", remedy: "take gzip, zstd or none")
    }
  }

  /// What of the output is ready now that `bytes` came; maybe nothing.
  package func compress(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
    guard let stream else { return bytes }
    return bytes.isEmpty ? [] : try stream.compress(bytes)
  }

  /// What is still to be put out so that all that came so far can be read.
  package func flush() throws(Fault) -> [UInt8] { try stream?.flush() ?? [] }

  /// The end of the output; the stream takes nothing afterwards.
  package func finish() throws(Fault) -> [UInt8] { try stream?.finish() ?? [] }
}

/// What a format does to a stream on the way in.
protocol StreamCompressing: AnyObject {
  func compress(_ bytes: [UInt8]) throws(Fault) -> [UInt8]
  func flush() throws(Fault) -> [UInt8]
  func finish() throws(Fault) -> [UInt8]
}

/// What a format does to a stream on the way out.
protocol StreamDecompressing: AnyObject {
  /// Whether the stream may end here.
  var isComplete: Bool { get }
  /// Why the last call gave nil.
  var failure: DecompressionFailure { get }
  /// Reads `input` from `taken`, which moves; returns how many bytes of `output` were written, nil
  /// when it failed. Nothing written and nothing taken means that more
  /// must come.
  func decompress(
    _ input: UnsafeRawBufferPointer, _ taken: inout Int, into output: UnsafeMutableRawBufferPointer
  ) -> Int?
}
