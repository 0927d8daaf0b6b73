package import Columnar
import Compression
package import Core
package import Engine
import LakeJobs
import TextFormats

/// Some whole lines of a bronze file: what one thread reads at a time.
package struct BronzeSlice: Sendable {
  let file: RawFile
  let lines: LineChunk
}

/// Cuts files of lines into slices, in order. Where a slice ends depends on the files alone.
package final class BronzeSlices {
  /// A slice ends when it has so many bytes.
  private static let byteCount = 1 << 20

  private let fileSystem: any FileSystem
  private var files: ArraySlice<RawFile>
  private var current: (file: RawFile, lines: LineSplitter)?

  package init(_ files: [RawFile], _ fileSystem: any FileSystem) {
    self.files = files[...]
    self.fileSystem = fileSystem
  }

  /// The next slice; nil at the end.
  package func next() throws(Fault) -> BronzeSlice? {
    while true {
      if let (file, lines) = current {
        if let chunk = try lines.next() { return BronzeSlice(file: file, lines: chunk) }
        current = nil
      }
      guard let file = files.popFirst() else { return nil }
      let bytes = DecompressingReader(try file.open(fileSystem), at: Place(file.path))
      let lines = LineSplitter(
        bytes, maximumLineLength: JSONLinesOptions().maximumLineLength,
        chunkByteCount: BronzeSlices.byteCount)
      current = (file, lines)
    }
  }
}

/// The slice that a plan is to read next. Used by one thread at a time.
package final class SliceSlot: @unchecked Sendable {
  private var slice: BronzeSlice?

  package init() {}

  /// Puts in the slice whose rows are asked for from now on.
  package func put(_ slice: BronzeSlice) { self.slice = slice }

  /// Takes the slice out; nil when it was taken.
  fileprivate func take() -> BronzeSlice? {
    defer { slice = nil }
    return slice
  }
}

/// A bronze table as one plan reads it a slice at a time: its rows are those of the slices that
/// are put into its slot.
package struct SlicedTable: TableProvider {
  private let table: BronzeTable
  private let slot: SliceSlot

  /// Of a table that `canBeSliced`.
  package init(_ table: BronzeTable, from slot: SliceSlot) {
    self.table = table
    self.slot = slot
  }

  package var name: String { table.name }
  package var schema: Schema { table.schema }
  package var hiddenColumns: [Field] { table.hiddenColumns }
  package var estimatedRowCount: Int? { table.estimatedRowCount }

  package func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    [SliceSource(table.reader, request, slot)]
  }
}

extension BronzeTable {
  /// Whether the files are lines that can be read a slice at a time.
  package var canBeSliced: Bool {
    contract.format == "json" && !files.contains { $0.replayed != nil }
  }
}

/// The rows of the slice in the slot. At its end another may be put there.
private final class SliceSource: BatchSource {
  let schema: Schema
  private let reader: RawFileReader
  private let request: ScanRequest
  private let slot: SliceSlot
  /// Kept from slice to slice: what is known of its dictionaries is known of the next slice's.
  private var lines: JSONLinesReader?
  private var rows: (any BatchSource)?

  init(_ reader: RawFileReader, _ request: ScanRequest, _ slot: SliceSlot) {
    self.reader = reader
    self.request = request
    self.slot = slot
    schema = reader.outputSchema(request.columns)
  }

  private func begin(_ slice: BronzeSlice) throws {
    rows = nil
    guard request.predicates.allSatisfy({ reader.mayHold($0, in: slice.file) }) else { return }
    let lines = try lines ?? reader.lineReader(request.columns, predicates: request.predicates)
    self.lines = lines
    lines.read(slice.lines, at: Place(slice.file.path))
    rows = try reader.rows(lines, of: slice.file, columns: request.columns)
  }

  func next() throws -> Batch? {
    if let slice = slot.take() { try begin(slice) }
    if let batch = try rows?.next() { return batch }
    rows = nil
    return nil
  }
}
