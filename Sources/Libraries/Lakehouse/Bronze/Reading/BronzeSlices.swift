import Columnar
import Compression
import Core
import Engine
import TextFormats

/// Some whole lines of a bronze file: what one thread reads at a time.
struct BronzeSlice: Sendable {
  let file: RawFile
  let lines: LineChunk
}

/// Cuts files of lines into slices, in order. Where a slice ends depends on the files alone.
final class BronzeSlices {
  /// A slice ends when it has so many bytes.
  private static let byteCount = 1 << 20

  private let fileSystem: any FileSystem
  private var files: ArraySlice<RawFile>
  private var current: (file: RawFile, lines: LineSplitter)?

  init(_ files: [RawFile], _ fileSystem: any FileSystem) {
    self.files = files[...]
    self.fileSystem = fileSystem
  }

  /// The next slice; nil at the end.
  func next() throws(Fault) -> BronzeSlice? {
    while true {
      if let (file, lines) = current {
        if let chunk = try lines.next() { return BronzeSlice(file: file, lines: chunk) }
        current = nil
      }
      guard let file = files.popFirst() else { return nil }
      let bytes = DecompressingReader(try fileSystem.open(file.path), at: Place(file.path))
      let lines = LineSplitter(
        bytes, maximumLineLength: JSONLinesOptions().maximumLineLength,
        chunkByteCount: BronzeSlices.byteCount)
      current = (file, lines)
    }
  }
}

/// A bronze table as a flow streams it: from end to end, or slice by slice.
struct StreamedTable: TableProvider {
  /// Tells scans which of the two; changed only while nothing is scanned.
  final class Mode: @unchecked Sendable {
    var isSliced = false
    /// The source that the last scan in slices made.
    var lastSource: SliceSource?
  }

  let table: BronzeTable
  let mode = Mode()

  var name: String { table.name }
  var schema: Schema { table.schema }
  var hiddenColumns: [Field] { table.hiddenColumns }
  var estimatedRowCount: Int? { table.estimatedRowCount }

  /// Whether the files are lines that can be read a slice at a time.
  var canBeSliced: Bool {
    table.contract.format == "json" && !table.files.contains { $0.replayed != nil }
  }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    guard mode.isSliced else { return try table.scan(request) }
    let source = SliceSource(table.reader, request)
    mode.lastSource = source
    return [source]
  }
}

/// The rows of the slice in hand. At its end it may be given another.
final class SliceSource: BatchSource {
  let schema: Schema
  private let reader: RawFileReader
  private let request: ScanRequest
  /// Kept from slice to slice: what is known of its dictionaries is known of the next slice's.
  private var lines: JSONLinesReader?
  private var rows: (any BatchSource)?

  init(_ reader: RawFileReader, _ request: ScanRequest) {
    self.reader = reader
    self.request = request
    schema = reader.outputSchema(request.columns)
  }

  /// Takes up a slice.
  func begin(_ slice: BronzeSlice) throws {
    rows = nil
    guard request.predicates.allSatisfy({ reader.mayHold($0, in: slice.file) }) else { return }
    let lines = try lines ?? reader.lineReader(request.columns, predicates: request.predicates)
    self.lines = lines
    lines.read(slice.lines, at: Place(slice.file.path))
    rows = reader.rows(lines, of: slice.file, columns: request.columns)
  }

  func next() throws -> Batch? {
    if let batch = try rows?.next() { return batch }
    rows = nil
    return nil
  }
}
