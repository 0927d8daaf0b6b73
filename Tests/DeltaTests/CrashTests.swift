import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct CrashTests {
  private let definition = TableDefinition(
    schema: salesSchema, partitionColumns: ["day"],
    properties: ["delta.checkpointInterval": "2", "delta.enableDeletionVectors": "true"])

  private enum Step: CaseIterable { case create, append, overwrite, merge, mark }

  private func make(_ step: Step, _ change: inout Transaction) throws {
    switch step {
    case .create: try change.overwriteAll(sales([sale(1, 1), sale(2, 2)]), as: definition)
    case .append: try change.append(sales([sale(2, 3)]))
    case .overwrite: try change.overwritePartitions(sales([sale(1, 10), sale(3, 11)]))
    case .mark:
      change.leastMarkedByteCount = 0
      _ = try change.merge(on: ["id"], upserts: sales([sale(2, 2, "n"), sale(1, 10, "n")]))
    case .merge: _ = try change.merge(on: ["id"], upserts: sales([sale(2, 2, "m"), sale(4, 9)]))
    }
    change.setTransaction("job", version: Int64(Step.allCases.firstIndex(of: step) ?? 0))
  }

  private func rows(_ table: Table) throws -> [String]? {
    try table.snapshot().map { sorted(try $0.rows()) }
  }

  /// Runs all steps on a fresh table; `faults` chooses the file system of each.
  private func prepare(upTo step: Step) throws -> TestTable {
    let test = TestTable()
    for earlier in Step.allCases {
      if earlier == step { break }
      try test.table.update(.test(run: "\(earlier)")) { try make(earlier, &$0) }
    }
    return test
  }

  @Test(arguments: Step.allCases, FaultyFileSystem.Mode.allCases)
  private func `a writer that dies at any step leaves the old table or the new one`(
    step: Step, mode: FaultyFileSystem.Mode
  ) throws {
    let whole = try prepare(upTo: step)
    let old = try rows(whole.table)
    let counting = FaultyFileSystem()
    try whole.through(counting).update(.test(run: "\(step)")) { try make(step, &$0) }
    let new = try rows(whole.table)
    #expect(counting.stepCount > 3)
    for fault in 1...counting.stepCount {
      let test = try prepare(upTo: step)
      let faulty = FaultyFileSystem(faultAt: fault, mode)
      _ = try? test.through(faulty).update(.test(run: "\(step)")) { try make(step, &$0) }
      let after = try rows(test.table)
      #expect(after == old || after == new, "\(step), fault at step \(fault)")
      // The next run finishes the work, once.
      try test.table.update(.test(run: "again")) { try make(step, &$0) }
      #expect(try rows(test.table) == new, "\(step), after a fault at step \(fault)")
    }
  }

  @Test func `many writers at once lose nothing`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.create(definition) }
    let table = test.table
    let outcomes = try parallelMap(Array(0..<8 as Range<Int64>), threads: 4) { writer in
      for round in 0..<4 as Range<Int64> {
        try table.update(.test(run: "\(writer)-\(round)"), attemptCount: 100) { change in
          try change.append(sales([sale(1, writer * 10 + round)]))
        }
      }
      return writer
    }
    #expect(outcomes.count == 8)
    let ids = try #require(try table.snapshot()).rows(["id"])
    #expect(ids.count == 32)
    #expect(Set(ids).count == 32)
    #expect(try table.snapshot()?.version == 32)
  }
}
