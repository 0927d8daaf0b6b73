package import Columnar
import Compression
package import Core

// TextFormats: CSV and lines of JSON to batches and back, by Spark's rules.
//
// `LineBlocks` and `LineSplitter` cut a stream into whole lines. CSV goes through `CSVSplitter`
// (records and fields), `CSVPlan` (which field is which column) and `CSVColumn` (texts to values);
// lines of JSON go to the C side and come back as columns (`JSONLineColumns`), or are only sorted
// into whole ones and others (`JSONLineCheck`). `SchemaInference` and `JSONInference` look at files
// without a schema.
//
// Begin with `CSVReader` or `JSONLinesReader`. A row that is wrong is told of, not judged: what
// becomes of it is for Lakehouse to say.

/// Reads CSV (RFC 4180, with Spark's options) into batches of a declared schema.
///
/// - With a header, columns are found by the names in it (`FieldNames`); what the header lacks, or
///   has twice, is NULL, what is not declared is ignored. A header with none of the columns is a
///   `.data` fault. Without one, position decides.
/// - A field that does not suit its type is NULL. A field without text is NULL, a quoted one what
///   `CSVOptions.emptyValue` says. Records with too few or too many fields, stray quotes or bad
///   fields keep what could be read; `CSVOptions.problemColumn` and `_corrupt_record` tell of them.
/// - Lines end in `\n` or `\r\n`, or all of them in `\r` where the first does.
/// - Quoted fields may hold line breaks. A quote that nothing closes spoils its line only.
/// - Blank lines are passed over, but where there is one column: there they are a NULL.
/// - A trailer (`CSVOptions.trailerMark`) is no row; a record behind it is a `.data` fault.
///
/// The input may be gzip or zstd, in any `TextEncoding`. Memory is bounded by the batch and the
/// longest record allowed.
package final class CSVReader: BatchSource {
  package let schema: Schema
  private let plan: CSVPlan
  private let options: CSVOptions
  private let place: Place
  private var splitter: CSVSplitter
  /// Where in a record each declared column stands; nil until the header was read.
  private var positions: [Int?]?
  private var fieldCount = 0

  /// The record that names the fields, once it was read; nil in a file without one.
  package private(set) var header: CSVHeader?
  /// The record that sums the file up, once it was read; it is no row.
  package private(set) var trailer: CSVTrailer?
  /// How many records had something wrong with them.
  package private(set) var flawedRecordCount: Int64 = 0

  /// How many lines have been read.
  package var lineCount: Int64 { splitter.lineCount }

  /// Reads `source`, whose schema is `declared`. Only `columns` of it are made, in that order, or
  /// all; a name that is not declared is the caller's error. Columns that `options` ask for follow.
  /// `place` is the file that faults name.
  package init(
    _ source: any ByteSource, schema declared: Schema, columns names: [String]? = nil,
    options: CSVOptions = CSVOptions(), at place: Place
  ) throws(Fault) {
    self.options = options
    self.place = place
    plan = try CSVPlan(declared: declared, asked: names, options: options)
    schema = plan.schema
    let text = options.encoding.decoding(DecompressingReader(source, at: place))
    splitter = CSVSplitter(LineEnds(text, options), options: options)
    if !options.header {
      positions = plan.declared.indices.map { $0 }
      fieldCount = plan.declared.count
    }
  }

  /// Reads a whole file.
  package convenience init(
    _ file: any ReadableFile, schema declared: Schema, columns names: [String]? = nil,
    options: CSVOptions = CSVOptions(), at place: Place
  ) throws(Fault) {
    try self.init(FileBytes(file), schema: declared, columns: names, options: options, at: place)
  }

  package func next() throws -> Batch? {
    while try splitter.read(maximum: options.batchRowCount) {
      var records = splitter.records[...]
      if positions == nil {
        records = records.drop { isBlank($0) || isComment($0) }
        guard let header = records.popFirst() else { continue }
        try match(header)
      }
      let isSingle = plan.declared.count == 1
      var kept = records.filter { !isComment($0) && (isSingle || !isBlank($0)) }
      if let mark = options.trailerMark { try takeTrailer(mark, from: &kept) }
      guard !kept.isEmpty else { continue }
      let round = CSVChunk(
        bytes: splitter.buffer, fields: splitter.fields, records: kept,
        positions: positions ?? [], fieldCount: fieldCount, options: options)
      let (batch, flawCount) = plan.batch(of: round)
      flawedRecordCount += Int64(flawCount)
      return batch
    }
    return nil
  }

  private func isComment(_ record: CSVRecord) -> Bool {
    record.fieldCount == 0 && record.flaw == .none
  }

  private func isBlank(_ record: CSVRecord) -> Bool {
    record.flaw == .none
      && splitter.buffer[Int(record.start)..<Int(record.end)].allSatisfy {
        $0 == 0x20 || $0 == 0x09
      }
  }

  /// Takes the trailer from `records`, which must be the last of them all.
  private func takeTrailer(_ mark: String, from records: inout [CSVRecord]) throws(Fault) {
    for (index, record) in records.enumerated() {
      if let trailer { throw trailer.fault(recordAt: record.line, in: place.file) }
      guard let found = CSVTrailer(record, mark: mark, in: splitter) else { continue }
      trailer = found
      if let next = records[(index + 1)...].first {
        throw found.fault(recordAt: next.line, in: place.file)
      }
    }
    if trailer != nil { _ = records.popLast() }
  }

  /// Finds the columns by the header's names.
  private func match(_ record: CSVRecord) throws(Fault) {
    let header = CSVHeader(record, in: splitter)
    let found = header.match(plan.declared)
    let isNone = found.contested.isEmpty && found.positions.allSatisfy { $0 == nil }
    guard !isNone || plan.declared.isEmpty else {
      let expected = plan.declared.prefix(5).map(\.name).joined(separator: ", ")
      throw Fault(
        .data, at: Place(place.file, line: Int(record.line)),
        "the header has none of the declared columns (\(expected))",
        remedy: "declare the columns as the file names them, or say that it has no header")
    }
    self.header = header
    positions = found.positions
    fieldCount = header.names.count
  }
}
