import CSimdjson
package import Core

/// Reads JSON texts (RFC 8259, strictly) into values: simdjson finds the structure.
///
/// A reader keeps its memory from text to text; it serves one thread at a time.
package final class JSONReader {
  /// Arrays and objects may stand this deep in one another.
  package static let standardMaximumDepth = 1_000

  /// Nil where there was no memory for it: then no text can be read.
  private let document: OpaquePointer?
  private let maximumDepth: Int

  package init(maximumDepth: Int = JSONReader.standardMaximumDepth) {
    document = medallion_json_document_create()
    self.maximumDepth = maximumDepth
  }

  deinit { medallion_json_document_destroy(document) }

  /// The value that `bytes` spell. Bytes that are not UTF-8, not JSON, or nested too deep are a
  /// `.data` fault at the line and column of `place`'s file where reading stopped; a line that
  /// `place` gives is taken as that of the first byte.
  package func read(_ bytes: [UInt8], at place: Place? = nil) throws(Fault) -> JSONValue {
    try read(bytes[...], at: place)
  }

  /// `read(_:at:)` for a slice of bytes.
  package func read(_ bytes: ArraySlice<UInt8>, at place: Place? = nil) throws(Fault) -> JSONValue {
    let result = bytes.withUnsafeBufferPointer { buffer in
      read(buffer).mapError { $0.fault(in: buffer, at: place, maximumDepth: maximumDepth) }
    }
    return try result.get()
  }

  /// `read(_:at:)` for a string.
  package func read(_ text: String, at place: Place? = nil) throws(Fault) -> JSONValue {
    try read(Array(text.utf8)[...], at: place)
  }

  /// The values of a text with one JSON value a line; blank lines are passed over, and those that
  /// are not wanted.
  package func readLines(
    _ bytes: [UInt8], at place: Place? = nil,
    where isWanted: (ArraySlice<UInt8>) -> Bool = { _ in true }
  ) throws(Fault) -> [JSONValue] {
    var values: [JSONValue] = []
    var number = 0
    for line in bytes.lines {
      number += 1
      guard !line.isEmpty, isWanted(line) else { continue }
      values.append(try read(line, at: place.map { Place($0.file, line: number) }))
    }
    return values
  }

  private func read(_ buffer: TextBytes) -> Result<JSONValue, JSONFailure> {
    var bytes = buffer
    var skipped = 0
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
      bytes = TextBytes(rebasing: buffer[3...])
      skipped = 3
    }
    guard !bytes.isEmpty else { return .failure(JSONFailure(MEDALLION_JSON_EMPTY, 0)) }
    guard let document, bytes.count <= Int(UInt32.max) - 64 else {
      return .failure(JSONFailure(MEDALLION_JSON_OUT_OF_MEMORY, 0))
    }
    var offset = 0
    let status = medallion_json_document_read(
      document, bytes.baseAddress, bytes.count, UInt32(maximumDepth), &offset)
    guard status == MEDALLION_JSON_OK else {
      return .failure(JSONFailure(status, offset + skipped))
    }
    var count = 0
    let tokens = medallion_json_document_tokens(document, &count)
    var tree = JSONTree(tokens: UnsafeBufferPointer(start: tokens, count: count), bytes: bytes)
    return .success(tree.build())
  }
}

extension JSONValue {
  /// The value that `bytes` spell, as `JSONReader.read` gives it.
  package init(parsing bytes: [UInt8], at place: Place? = nil) throws(Fault) {
    self = try JSONReader().read(bytes, at: place)
  }

  /// The value that `text` spells, as `JSONReader.read` gives it.
  package init(parsing text: String, at place: Place? = nil) throws(Fault) {
    self = try JSONReader().read(text, at: place)
  }
}
