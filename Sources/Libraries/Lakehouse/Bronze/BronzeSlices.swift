import Columnar
import Compression
import Core
import Engine
import TextFormats

/// Some whole lines of a bronze file: what one thread reads at a time.
struct BronzeSlice: Sendable {
  let file: RawFile
  /// A line break, then the lines.
  let bytes: [UInt8]
  /// The number of the first line in the file, from 1.
  let firstLine: Int64
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
      guard let (file, lines) = current else {
        guard let file = files.popFirst() else { return nil }
        let bytes = DecompressingReader(try fileSystem.open(file.path), at: Place(file.path))
        current = (
          file, LineSplitter(bytes, maximumLineLength: JSONLinesOptions().maximumLineLength)
        )
        continue
      }
      if let slice = try slice(of: file, lines) { return slice }
      current = nil
    }
  }

  private func slice(of file: RawFile, _ lines: LineSplitter) throws(Fault) -> BronzeSlice? {
    // The line break ahead keeps lines from being taken for the beginning of compressed data.
    var bytes = [UInt8(ascii: "\n")]
    bytes.reserveCapacity(Self.byteCount + LineSplitter.standardChunkByteCount)
    var firstLine: Int64?
    while bytes.count < Self.byteCount, let chunk = try lines.next() {
      guard !chunk.isOverlong else {
        throw Fault(
          .data, at: Place(file.path, line: Int(chunk.firstLine)),
          "line is longer than \(JSONLinesOptions().maximumLineLength) bytes",
          remedy: "mend the line, or allow longer ones")
      }
      if firstLine == nil { firstLine = chunk.firstLine }
      let isFirst = chunk.firstLine == 1 && chunk.bytes.starts(with: Self.byteOrderMark)
      bytes.append(contentsOf: isFirst ? chunk.bytes.dropFirst(3) : chunk.bytes[...])
    }
    return firstLine.map { BronzeSlice(file: file, bytes: bytes, firstLine: $0) }
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
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
  var canBeSliced: Bool { table.contract.format == "json" }

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
  private var rows: (any BatchSource)?

  init(_ reader: RawFileReader, _ request: ScanRequest) {
    self.reader = reader
    self.request = request
    schema = reader.outputSchema(request.columns)
  }

  /// Takes up a slice.
  func begin(_ slice: BronzeSlice) throws {
    let isWanted = request.predicates.allSatisfy { reader.mayHold($0, in: slice.file) }
    rows =
      isWanted
      ? try reader.rows(of: slice, columns: request.columns, predicates: request.predicates) : nil
  }

  func next() throws -> Batch? {
    if let batch = try rows?.next() { return batch }
    rows = nil
    return nil
  }
}
