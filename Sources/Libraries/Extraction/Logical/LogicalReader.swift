import Core
import LakeJobs

/// Finds changes of a PostgreSQL database in its log, by a replication slot and a publication that
/// `LogicalSetup` made: each transaction whole, in the order of their commits.
struct LogicalReader: SourceReader {
  private let run: ExtractionRun
  private let lengths: LogicalRun.Lengths

  init(_ run: ExtractionRun, _ lengths: LogicalRun.Lengths = .standard) {
    self.run = run
    self.lengths = lengths
  }

  func take(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    try work(fail) {
      let held = try lock()
      defer { held.unlock() }
      let work = try LogicalRun(run, tables, lengths, fail)
      try work.take({ try ending(tell, $0) }, fail)
    }
  }

  func look(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    try work(fail) {
      try LogicalRun(run, tables, lengths, fail).look({ try ending(tell, $0) }, fail)
    }
  }

  /// Keeps other runs away from the system's slot while the lock is held.
  private func lock() throws(Fault) -> any FileLock {
    let folder = "\(run.lake.root)/_locks"
    try run.lake.fileSystem.createDirectory(folder)
    return try run.lake.fileSystem.lock("\(folder)/\(run.system.name).slot", patience: .seconds(10))
  }

  /// Gives to `fail` what goes wrong in `body`, but for what the teller throws, which ends the run.
  private func work(_ fail: (any Error) -> Void, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let ending as EndOfTelling {
      throw ending.cause
    } catch {
      fail(error)
    }
  }

  private func ending(
    _ tell: (TableOutcome) throws -> Void, _ outcome: TableOutcome
  ) throws(EndOfTelling) {
    do { try tell(outcome) } catch { throw EndOfTelling(cause: error) }
  }
}

/// That nobody can be told any more.
struct EndOfTelling: Error {
  let cause: any Error
}
