package import Columnar
import Core
package import Engine
import LakeJobs
import TextFormats

/// A bronze table as plans read it a slice at a time: its rows are those of the slices that are put
/// into its slot.
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

  /// Whether this reading and another are of the same files, told by the log they stand in.
  package func hasFiles(of other: BronzeTable) -> Bool {
    contract.name == other.contract.name && startIdentity == other.startIdentity
      && endIdentity == other.endIdentity && endPosition == other.endPosition
      && files.map(\.path) == other.files.map(\.path)
  }
}

/// The slice that a thread has in hand. Several plans over one table may read it, one after the
/// other and each all of its rows: the lines are made into columns once, into those of all plans.
/// Used by one thread at a time.
package final class SliceSlot: @unchecked Sendable {
  private var requests: [ScanRequest] = []
  fileprivate private(set) var slice: BronzeSlice?
  /// How many slices were put in: who reads knows by it that there is another.
  fileprivate private(set) var sliceCount = 0
  /// Kept from slice to slice: what is known of its dictionaries is known of the next slice's.
  private var lines: JSONLinesReader?
  /// What was read of the slice so far.
  private var batches: [Batch] = []
  private var isBegun = false
  private var isAtEnd = false

  package init() {}

  /// Puts in the slice whose rows are asked for from now on.
  package func put(_ slice: BronzeSlice) {
    // A reader that was left in the midst of its lines would go on there.
    if isBegun, !isAtEnd { lines = nil }
    self.slice = slice
    sliceCount += 1
    batches = []
    isBegun = false
    isAtEnd = false
  }

  /// Lets go of the slice, of which no more is read.
  package func clear() {
    if isBegun, !isAtEnd { lines = nil }
    slice = nil
    batches = []
    isBegun = false
  }

  /// Takes up what a plan asks for, before the first slice comes.
  fileprivate func register(_ request: ScanRequest) {
    precondition(sliceCount == 0, "what slices are asked for is known before the first")
    requests.append(request)
  }

  /// A batch of the slice's lines, with the columns of all plans; nil behind the last.
  fileprivate func batch(_ number: Int, _ reader: RawFileReader) throws -> Batch? {
    guard let slice else { return nil }
    let lines = try self.lines ?? reader.lineReader(columns, predicates: predicates)
    self.lines = lines
    if !isBegun {
      lines.read(slice.lines, at: Place(slice.file.path))
      isBegun = true
    }
    while batches.count <= number, !isAtEnd {
      if let batch = try lines.next() { batches.append(batch) } else { isAtEnd = true }
    }
    return number < batches.count ? batches[number] : nil
  }

  private var columns: [String] { requests.flatMap(\.columns) }

  /// What all plans ask of a row: one that some take must be read.
  private var predicates: [ColumnPredicate] {
    guard let first = requests.first else { return [] }
    return first.predicates.filter { predicate in
      requests.allSatisfy { $0.predicates.contains(predicate) }
    }
  }
}

/// The rows of the slice in the slot, as one plan asks for them. At their end another slice may be
/// put there.
private final class SliceSource: BatchSource {
  let schema: Schema
  private let reader: RawFileReader
  private let request: ScanRequest
  private let slot: SliceSlot
  private var begunCount = 0
  private var rows: (any BatchSource)?

  init(_ reader: RawFileReader, _ request: ScanRequest, _ slot: SliceSlot) {
    self.reader = reader
    self.request = request
    self.slot = slot
    schema = reader.outputSchema(request.columns)
    slot.register(request)
  }

  private func begin(_ slice: BronzeSlice) throws {
    rows = nil
    guard request.predicates.allSatisfy({ reader.mayHold($0, in: slice.file) }) else { return }
    rows = try reader.rows(
      SliceLines(slot, reader), of: slice.file, columns: request.columns)
  }

  func next() throws -> Batch? {
    if begunCount != slot.sliceCount, let slice = slot.slice {
      begunCount = slot.sliceCount
      try begin(slice)
    }
    if let batch = try rows?.next() { return batch }
    rows = nil
    return nil
  }
}

/// The lines of the slice in a slot, from the first on.
private final class SliceLines: BatchSource {
  let schema = Schema([])
  private let slot: SliceSlot
  private let reader: RawFileReader
  private var position = 0

  init(_ slot: SliceSlot, _ reader: RawFileReader) {
    self.slot = slot
    self.reader = reader
  }

  func next() throws -> Batch? {
    defer { position += 1 }
    return try slot.batch(position, reader)
  }
}
