import Columnar
import Core
import Delta
import Foundation
import Synchronization
import TestSupport
import Testing

/// Writers of every kind at once: what comes of them is what comes of them one after the other, in
/// the order of the versions. `RACES=1000` makes it long.
@Suite struct RaceTests {
  /// What one writer wants, whatever version it meets.
  private enum Wish: Sendable {
    case append([Int64])
    case upsert([Int64], cents: Int64)
    case delete([Int64])
    /// Makes a day anew from what stands there: a cent more for each row.
    case refresh(Int)
    case optimize
    case restore(Int64)
  }

  /// Rows by key: day and cents.
  private typealias Model = [Int64: [Int64]]

  private static let keySchema = Schema([Field("id", .bigint)])

  private static func day(of id: Int64) -> Int { Int(id % 3) + 1 }

  private static func row(_ id: Int64, _ cents: Int64) -> [Scalar] {
    sale(day(of: id), id, "a", cents)
  }

  private static func wish(_ random: inout SeededRandom, _ number: Int64, _ latest: Int64) -> Wish {
    let ids = (0..<3).map { _ in Int64.random(in: 0..<9, using: &random) }
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: return .append([1_000 + number * 2, 1_001 + number * 2])
    case 2, 3: return .upsert(Set(ids).sorted(), cents: number * 100)
    case 4: return .delete(Set(ids).sorted())
    case 5: return .refresh(Int.random(in: 1...3, using: &random))
    case 6: return .optimize
    default: return .restore(Int64.random(in: 0...latest, using: &random))
    }
  }

  private static func stage(_ wish: Wish, _ table: Table, in change: inout Transaction) throws {
    switch wish {
    case .append(let ids): try change.append(sales(ids.map { row($0, 1) }))
    case .upsert(let ids, let cents):
      _ = try change.merge(on: ["id"], upserts: sales(ids.map { row($0, cents) }))
    case .delete(let ids):
      let keys = Batch(keySchema, rows: ids.map { [.integer($0)] })
      _ = try change.merge(
        on: ["id"], upserts: sales([]), deletions: BatchList(keySchema, [keys]))
    case .refresh(let number):
      let rows = try change.snapshot?.rows() ?? []
      let model = model(rows).filter { day(of: $0.key) == number }
      try change.overwritePartitions(
        sales(model.map { row($0.key, $0.value[0] + 1) }),
        alsoEmptying: [["2017-01-0\(number)"]])
    case .optimize:
      guard let snapshot = change.snapshot, snapshot.files.count > 1 else { return }
      let source = SourceList(snapshot.schema, try snapshot.scan().sources())
      _ = try change.rearrange(snapshot.files, as: source, taggedAs: nil, byteLimit: 1 << 20)
    case .restore(let version):
      guard let old = try table.snapshot(at: .version(version)) else { return }
      change.restore(old) { _ in 0 }
    }
  }

  private static func model(_ rows: [[Scalar]]) -> Model {
    rows.reduce(into: [:]) { model, row in
      guard case .integer(let id) = row[1], case .decimal(let amount) = row[3] else { return }
      model[id, default: []].append(Int64(amount.unscaled))
    }
  }

  /// What `wish` makes of `model`, alone; `past` are the states of all versions before.
  private static func apply(_ wish: Wish, to model: inout Model, _ past: [Model]) {
    switch wish {
    case .append(let ids): for id in ids { model[id, default: []].append(1) }
    case .upsert(let ids, let cents): for id in ids { model[id] = [cents] }
    case .delete(let ids): for id in ids { model[id] = nil }
    case .refresh(let number):
      for id in model.keys where day(of: id) == number { model[id] = model[id]?.map { $0 + 1 } }
    case .optimize: break
    case .restore(let version): model = past[Int(version)]
    }
  }

  @Test func `races end as the same changes one after the other`() throws {
    let count = ProcessInfo.processInfo.environment["RACES"].flatMap { Int($0) } ?? 60
    let seed = UInt64.random(in: 0..<1_000_000)
    let test = TestTable()
    let definition = TableDefinition(
      schema: salesSchema, partitionColumns: ["day"],
      properties: [
        "delta.enableChangeDataFeed": "true", "delta.enableDeletionVectors": "true",
        "delta.checkpointInterval": "7",
      ])
    try test.table.update(.test(run: "first")) { change in
      try change.overwriteAll(sales((0..<9).map { Self.row($0, 1) }), as: definition)
    }
    let wishes = Mutex<[String: Wish]>([:])
    let losers = Mutex(0)
    let path = test.table.path
    _ = try parallelMap(Array(0..<Int64(count)), threads: 4) { number in
      // Each writer has a table of its own, as another process has.
      let table = Table(path, LocalFileSystem())
      var random = SeededRandom(seed &+ UInt64(number))
      let wish = Self.wish(&random, number, try table.latestVersion() ?? 0)
      wishes.withLock { $0["\(number)"] = wish }
      do {
        try table.update(.test(run: "\(number)"), attemptCount: 4) { change in
          // Half of them mark rows, the others write files anew.
          if number.isMultiple(of: 2) { change.leastMarkedByteCount = 0 }
          try Self.stage(wish, table, in: &change)
        }
      } catch let fault as Fault {
        // Who lost too often says that it may be tried again.
        guard fault.kind == .temporary else { throw fault }
        losers.withLock { $0 += 1 }
      }
      return number
    }
    let latest = try #require(try test.table.latestVersion())
    var states: [Model] = []
    for version in 0...latest {
      let snapshot = try #require(try test.table.snapshot(at: .version(version)))
      let stored = Self.model(try snapshot.rows())
      if version > 0 {
        let run = try #require(try test.table.step(version).commit?.runID)
        let wish = try #require(wishes.withLock { $0[run] })
        var expected = states[Int(version) - 1]
        Self.apply(wish, to: &expected, states)
        #expect(
          stored == expected.filter { !$0.value.isEmpty },
          "seed \(seed), version \(version): \(wish)")
      }
      states.append(stored)
    }
    #expect(latest > Int64(count / 3), "seed \(seed): \(losers.withLock { $0 }) lost")
  }
}
