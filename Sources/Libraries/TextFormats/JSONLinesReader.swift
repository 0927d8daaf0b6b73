import CSimdjson
package import Columnar
import Compression
package import Core

/// Reads lines of JSON into batches by Spark's rules for JSON files with a declared schema.
///
/// - A line that is no JSON object is a row of NULLs; blank lines are passed over.
/// - A member is the column of its name, else of the name most like it (`FieldNames`); members that
///   are not declared are ignored, those that are missing are NULL. Of two with one name the last
///   counts, of two that are as like it neither.
/// - A value that does not suit its type is NULL: `"2"` or `1.7` for INT, a number too great, text
///   that is no date. STRING takes any value as its JSON text. DECIMAL takes numbers and text,
///   rounded half up; commas may part groups of three digits. TIMESTAMP takes text, and whole
///   numbers as seconds.
/// - A bad element makes its array NULL, a bad member only itself.
///
/// The input may be gzip or zstd. Memory is bounded by the batch and the longest line allowed.
package final class JSONLinesReader: BatchSource {
  /// Batches end with their chunk of lines: its rows are enough to pay for a batch, and still in
  /// the cache when the columns are used.
  private static let chunkByteCount = 1 << 20

  package let schema: Schema
  private let options: JSONLinesOptions
  private var place: Place
  /// Nil where lines are handed over one chunk at a time.
  private let splitter: LineSplitter?
  private var waiting: LineChunk?
  private let columns: JSONLineColumns
  private var chunk: LineChunk?

  /// How many lines were not JSON, not an object, or too long.
  package private(set) var malformedLineCount: Int64 = 0

  /// How many lines have been read, blank ones counted.
  package private(set) var lineCount: Int64 = 0

  /// Whether the last line read had a line break; the last of a file may lack it.
  package private(set) var endsWithLineBreak = true

  /// Reads `source`, whose schema is `declared`. Only `columns` of it are made, in that order, or
  /// all; a name that is not declared is the caller's error. Columns that `options` ask for follow.
  /// `place` is the file that faults name.
  package init(
    _ source: any ByteSource, schema declared: Schema, columns names: [String]? = nil,
    options: JSONLinesOptions = JSONLinesOptions(), at place: Place
  ) throws(Fault) {
    self.options = options
    self.place = place
    splitter = LineSplitter(
      DecompressingReader(source, at: place),
      maximumLineLength: min(options.maximumLineLength, 1 << 30),
      chunkByteCount: JSONLinesReader.chunkByteCount)
    columns = try JSONLineColumns(declared: declared, asked: names, options: options)
    schema = columns.schema
  }

  /// Reads lines that are handed over by `read`, a chunk at a time.
  package init(
    schema declared: Schema, columns names: [String]? = nil,
    options: JSONLinesOptions = JSONLinesOptions()
  ) throws(Fault) {
    self.options = options
    place = Place("")
    splitter = nil
    columns = try JSONLineColumns(declared: declared, asked: names, options: options)
    schema = columns.schema
  }

  /// Takes up lines that were cut from the text at `place`, once those before are read.
  /// Dictionaries go on growing from one chunk to the next.
  package func read(_ lines: LineChunk, at place: Place) {
    waiting = lines
    self.place = place
  }

  /// Reads a whole file.
  package convenience init(
    _ file: any ReadableFile, schema declared: Schema, columns names: [String]? = nil,
    options: JSONLinesOptions = JSONLinesOptions(), at place: Place
  ) throws(Fault) {
    try self.init(
      FileBytes(file), schema: declared, columns: names, options: options, at: place)
  }

  package func next() throws -> Batch? {
    while true {
      guard let chunk else {
        guard try begin() else { return nil }
        continue
      }
      let isDone =
        try chunk.isOverlong
        || columns.proceed(chunk.bytes, maximumRows: options.batchRowCount)
      if isDone { self.chunk = nil }
      malformedLineCount += Int64(columns.counts.malformed_lines)
      if let batch = columns.finish(chunk.bytes) { return batch }
    }
  }

  /// Takes up the next lines; false at the end.
  private func begin() throws(Fault) -> Bool {
    guard let next = try nextLines() else { return false }
    lineCount += next.lineCount
    endsWithLineBreak = next.endsWithLineBreak
    if next.isOverlong {
      guard options.overlongLines == .cut else {
        throw Fault(
          .data, at: Place(place.file, line: Int(next.firstLine)),
          "line is longer than \(options.maximumLineLength) bytes",
          remedy: "mend the line, or allow longer ones")
      }
      try columns.refuse(next.bytes, line: next.firstLine)
      chunk = next
      return true
    }
    var bytes = next.bytes
    if next.firstLine == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      // A byte order mark is no part of the first line.
      bytes.removeFirst(3)
    }
    guard !bytes.isEmpty else { return true }
    chunk = LineChunk(
      bytes: bytes, firstLine: next.firstLine, lineCount: next.lineCount,
      endsWithLineBreak: next.endsWithLineBreak, isOverlong: false)
    try columns.begin(bytes, line: next.firstLine)
    return true
  }

  private func nextLines() throws(Fault) -> LineChunk? {
    if let splitter { return try splitter.next() }
    defer { waiting = nil }
    return waiting
  }
}
