package import Core
package import Delta
package import Governance
package import Sealing

// LakeJobs: what a lake is, what its job folder says, and what a commit tells.
//
// A `Lake` is a folder with bronze, silver, gold and quarantine tables. `Jobs/` reads the job
// folder: `JobFolder` holds bronze contracts, datasets (Spark's word for what jobs make), views and
// their order, `Workspace` a lake with its jobs and sources. `Reports/` tells what a commit did:
// `CommitReport` is the fact, `RunRecorder` makes an OpenLineage event of it. `ToolName` spells the
// tools that remedies, rules and commits name.
//
// Begin with `Workspace`. It reads no data of any table, and knows neither how rows come into one
// nor who asks.

/// A lakehouse on disk, and what a run may know of the world.
package struct Lake: Sendable {
  /// The folder that holds the layers.
  package let root: String
  package let fileSystem: any FileSystem
  /// The run's fixed time.
  package let clock: Clock
  /// The run's identity, in every commit and event.
  package let runID: RunID
  /// The run that this one is a part of.
  package let parentRun: ParentRunFacet?
  /// Who follows the run.
  package let steps: Steps
  /// What sealed columns and files are sealed with; nil where the run was given no key.
  package let keys: KeyStore?
  /// The tables that the run has read.
  private let shelf = SnapshotShelf()
  /// What `fileSystem` stands on, which opens and seals nothing.
  private let plainFiles: any FileSystem
  private let folders: [(path: String, key: String)]

  /// The lake below `root`: what lies sealed there is opened with `keys`, and files in the folders
  /// `sealing` are sealed as they are written.
  package init(
    root: String, fileSystem: any FileSystem, clock: Clock, runID: RunID,
    parentRun: ParentRunFacet? = nil, steps: Steps = .silent, keys: KeyStore? = nil,
    sealing folders: [(path: String, key: String)] = []
  ) {
    self.keys = keys
    plainFiles = fileSystem
    self.folders = folders
    self.steps = steps
    self.parentRun = parentRun
    self.root = root
    let raw = ["bronze", "quarantine/_replays"].map { "\(root)/\($0)" }
    self.fileSystem = SealedFiles(fileSystem, in: raw, keys, sealing: folders)
    self.clock = clock
    self.runID = runID
  }

  /// The same lake at another time of the run.
  package func at(_ clock: Clock) -> Lake {
    Lake(
      root: root, fileSystem: plainFiles, clock: clock, runID: runID, parentRun: parentRun,
      steps: steps, keys: keys, sealing: folders)
  }

  /// The same lake, files in some of whose folders are sealed as they are written.
  func sealing(_ folders: [(path: String, key: String)]) -> Lake {
    Lake(
      root: root, fileSystem: plainFiles, clock: clock, runID: runID, parentRun: parentRun,
      steps: steps, keys: keys, sealing: folders)
  }

  /// The folder of a silver, gold or quarantine table: `lake/silver/sales_lines`.
  package func folder(of table: LakeTableName) -> String {
    "\(root)/\(table.schema)/\(table.name)"
  }

  /// The folder of a streaming table's auxiliary table, of events that left no row, as it is after
  /// so many full refreshes:
  ///
  ///     silver/_aux/customers        before the first, after the second, the fourth …
  ///     silver/_aux/customers.odd    after the first, the third …
  ///
  /// A full refresh fills the folder that the table does not use: what the refresh before left
  /// counts until the new rows are in the table, and stays as it is should the run die on the way.
  /// Two folders are enough, since a refresh begins by clearing the one that it takes.
  package func auxiliaryFolder(of table: LakeTableName, refreshCount: Int64 = 0) -> String {
    "\(root)/\(table.schema)/_aux/\(table.name)"
      + (refreshCount.isMultiple(of: 2) ? "" : ".odd")
  }

  /// The Delta table behind a name.
  package func table(_ name: LakeTableName) -> Table { table(in: folder(of: name)) }

  /// The Delta table in `folder`. What is read of it is kept, so that the run reads it once.
  package func table(in folder: String) -> Table {
    Table(folder, fileSystem, shelf, SQLExpressions(clock: clock), keys: keys)
  }

  /// Keeps other runs away from a table while the lock is held.
  package func lock(_ table: LakeTableName) throws(Fault) -> any FileLock {
    try fileSystem.createDirectory("\(root)/_locks")
    return try fileSystem.lock("\(root)/_locks/\(table).lock", patience: .seconds(60))
  }

  /// Keeps all others away who would write to a backup of the lake, or change what an epoch of it
  /// is to hold once and for all.
  package func lockBackups() throws(Fault) -> any FileLock {
    try fileSystem.createDirectory("\(root)/_locks")
    return try fileSystem.lock("\(root)/_locks/backup.lock", patience: .seconds(2))
  }
}

/// A table's schema and name: `silver.sales_lines`.
package struct LakeTableName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var schema: String
  package var name: String

  package init(schema: String, name: String) {
    self.schema = schema
    self.name = name
  }

  /// Parses `schema.name`; a bare name belongs to `defaultSchema`; nil otherwise.
  package init?(_ text: String, defaultSchema: String? = nil) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    switch (parts.count, defaultSchema) {
    case (2, _) where !parts[0].isEmpty && !parts[1].isEmpty:
      self.init(schema: parts[0].lowercased(), name: parts[1].lowercased())
    case (1, let schema?) where !parts[0].isEmpty:
      self.init(schema: schema, name: parts[0].lowercased())
    default: return nil
    }
  }

  /// `schema.name`.
  package var description: String { "\(schema).\(name)" }

  package static func < (left: LakeTableName, right: LakeTableName) -> Bool {
    left.description < right.description
  }
}
