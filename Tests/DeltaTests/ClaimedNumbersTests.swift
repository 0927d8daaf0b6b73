import Columnar
import Core
import TestSupport
import Testing

@testable import Delta

/// Numbers that a log claims and no table has.
@Suite struct ClaimedNumbersTests {
  @Test func `a name of the last number there is makes no version`() {
    for name in ["09223372036854775807.json", "99999999999999999999.json"] {
      let listing = LogListing(names: [name])
      #expect(listing.isEmpty && listing.impossible == name)
    }
    let listing = LogListing(names: ["00000000000000000000.json", "09223372036854775806.json"])
    #expect(listing.latest == .max - 1)
    #expect(!listing.hasCommits(from: 0, to: .max - 1))
    #expect(throws: Fault.self) {
      let log = LogFolder(table: "t", fileSystem: LocalFileSystem())
      _ = try listing.segment(upTo: listing.latest, in: log).commits(after: -1, in: log)
    }
  }

  @Test func `a checkpoint of more parts than there are names is none`() {
    let name = "00000000000000000003.checkpoint.0000000001.9223372036854775807.parquet"
    #expect(LogListing(names: [name]).isEmpty)
  }

  @Test func `a table with the last version is not written to`() throws {
    let test = TestTable()
    var state = TableState()
    state.apply(.tableProtocol(TableProtocol(readerVersion: 1, writerVersion: 2)))
    state.apply(.metadata(TableMetadata(id: "t", schemaText: SchemaJSON.encode(salesSchema))))
    let snapshot = try Snapshot(test.table, version: .max - 1, state: state)
    let fault = #expect(throws: Fault.self) {
      var change = try Transaction(test.table, on: snapshot, .test())
      change.setTransaction("a", version: 1)
      _ = try change.commit()
    }
    #expect(fault?.kind == .data && fault?.problem.contains("last version") == true)
  }

  // MARK: Deletion vectors

  private func number(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
  }

  /// A vector of one container of runs, from the first position of each to its last.
  private func runs(_ bounds: [(UInt64, UInt64)]) -> [UInt8] {
    number(1, 8) + number(0, 4) + number(12_347, 4) + [1] + number(0, 2) + number(9, 2)
      + number(UInt64(bounds.count), 2)
      + bounds.flatMap { number($0.0, 2) + number($0.1 - $0.0, 2) }
  }

  private func read(_ bytes: [UInt8]) -> [Range<UInt64>]? {
    var reader = RoaringReader(bytes)
    return reader.runs()
  }

  @Test func `positions are read as runs`() {
    #expect(read(runs([(1, 3), (5, 5), (6, 9)])) == [1..<4, 5..<10])
    let values =
      number(1, 8) + number(1, 4) + number(12_346, 4) + number(1, 4) + number(0, 2) + number(2, 2)
      + number(16, 4) + number(0, 2) + number(1, 2) + number(7, 2)
    let high: UInt64 = 1 << 32
    #expect(read(values) == [high..<high + 2, high + 7..<high + 8])
    let bits =
      number(1, 8) + number(0, 4) + number(12_346, 4) + number(1, 4) + number(2, 2)
      + number(4_999, 2) + number(16, 4) + [0xFE] + [UInt8](repeating: 0xFF, count: 15)
      + [UInt8](repeating: 0, count: 8_191 - 16) + [0x80]
    let first: UInt64 = 2 << 16
    #expect(read(bits) == [first + 1..<first + 128, first + 65_535..<first + 65_536])
  }

  @Test func `runs that overlap, fall or leave their container are damage`() {
    #expect(read(runs([(0, 65_535)])) == [0..<65_536])
    #expect(read(runs([(0, 65_535), (0, 65_535)])) == nil)
    #expect(read(runs([(5, 9), (1, 2)])) == nil)
    #expect(read(runs([(1, 65_536)])) == nil)
  }

  @Test(arguments: [("sizeInBytes", 1 << 40), ("cardinality", 4), ("offset", 1 << 41)])
  func `a vector that is not what the log says is refused`(_ member: String, _ value: Int) throws {
    let test = TestTable()
    let vector = number(1_681_511_377, 4) + runs([(0, 2)])
    let stored = [DeletionVector.fileVersion] + DeletionVector.framed(vector)
    try LocalFileSystem().createDirectory(test.table.path)
    _ = try LocalFileSystem().create("\(test.table.path)/v.bin", stored)
    var descriptor = DeletionVectorDescriptor(
      storageType: "p", pathOrInline: "v.bin", offset: 1, byteCount: vector.count, rowCount: 3)
    let whole = try DeletionVector(descriptor, of: test.table)
    #expect(whole.rest(of: 0..<5).setPositions == [3, 4])
    #expect(whole.rest(of: 2..<4).setPositions == [1])
    switch member {
    case "sizeInBytes": descriptor.byteCount = value
    case "cardinality": descriptor.rowCount = value
    default: descriptor.offset = value
    }
    let fault = #expect(throws: Fault.self) { _ = try DeletionVector(descriptor, of: test.table) }
    #expect(fault?.kind == .data)
  }
}
