package import Columnar
package import Core
import JSON

/// One change to a table, made all together or not at all.
///
/// Data files are written while the change is put together; they count only once `commit` has made
/// the next version. A transaction that is dropped leaves files that nobody reads.
package struct Transaction: ~Copyable {
  package let table: Table
  /// The version the change builds on; nil when it makes the table.
  package let snapshot: Snapshot?
  let context: CommitContext
  var metadata: TableMetadata?
  var tableProtocol: TableProtocol?
  var schema: Schema
  var added: [AddedFile] = []
  var removed: [FileKey: AddedFile] = [:]
  private var applications: [ApplicationTransaction] = []
  private var restarted: Set<String> = []
  var scope = ReadScope.nothing
  var outputRowCount = 0
  /// Whether rows are only moved between files.
  var isRearrangement = false
  /// The columns by which a row that was there is the same as one that comes; empty when none.
  package var rowKeys: [String] = []
  /// So many rows are compared at a time where changes are recorded.
  package var changeRoundRowCount = ChangedRows.standardRoundRowCount
  /// In files of so many bytes rows that go are marked, if the table has them marked.
  package var leastMarkedByteCount = Transaction.leastMarkedByteCount
  /// What rows must be, once it was looked up.
  var heldRules: RowRules??
  /// The files that tell which rows change, where the others do not.
  var changeFiles: [ChangeFile] = []
  /// Whether the table is to find its columns otherwise than it did.
  var isUnmapped = false
  /// Whether the rows turned out to be those that there were.
  var keepsRows = false

  /// A change on top of `snapshot` (nil: to a table that does not exist yet).
  package init(_ table: Table, on snapshot: Snapshot?, _ context: CommitContext) throws(Fault) {
    self.table = table
    self.snapshot = snapshot
    self.context = context
    metadata = snapshot?.metadata
    tableProtocol = snapshot?.tableProtocol
    schema = snapshot?.schema ?? Schema([])
    if let snapshot {
      try TableFeatures.checkWriting(
        snapshot.tableProtocol, snapshot.metadata, snapshot.schema, at: Place(table.path))
    }
  }

  /// The table's identity in its log; nil while there is no table.
  package var tableID: String? { metadata?.id }

  /// What the files of the table call a column.
  package func physicalName(of column: String) -> String {
    guard ColumnMapping.isOn(metadata?.configuration ?? [:]), let index = schema.index(of: column)
    else { return column }
    return schema.fields[index].physicalName
  }

  /// Notes that `application` has come to `version` with this change. When the table has that
  /// version or a later one already, `commit` does nothing and says so.
  package mutating func setTransaction(_ application: String, version: Int64) {
    applications.removeAll { $0.application == application }
    applications.append(
      ApplicationTransaction(
        application: application, version: version,
        lastUpdated: context.clock.now.milliseconds))
  }

  /// Notes that nothing of what `application` did is left after this change: it begins anew.
  package mutating func restartTransaction(_ application: String) {
    resetTransaction(application, to: 0)
  }

  /// Notes that `application` stands at `version` with this change, wherever it stood before.
  package mutating func resetTransaction(_ application: String, to version: Int64) {
    setTransaction(application, version: version)
    restarted.insert(application)
  }

  /// Says that the change was worked out from all rows of the snapshot, so that any row another
  /// writer adds or removes meanwhile makes it conflict.
  package mutating func dependOnAllRows() { scope = .everything }

  // MARK: Files

  /// Adds the rows of `source`; tells how many.
  @discardableResult
  package mutating func append(_ source: any BatchSource) throws -> Int {
    try refuseNumbers(in: source)
    return try write { writer in
      while let batch = try source.next() { try writer.append(batch) }
    }
  }

  /// Adds the rows of `source` in files of their own that bear `tags`, which say of them what no
  /// row does; tells how many rows.
  @discardableResult
  package mutating func append(
    _ source: any BatchSource, taggedAs tags: [String: String]
  ) throws -> Int {
    let first = added.count
    // No removed file comes back under its old tags.
    let count = try write(keepsNames: true) { writer in
      while let batch = try source.next() { try writer.append(batch) }
    }
    for index in added.indices.dropFirst(first) {
      added[index].tags = tags.mapValues { $0 }
    }
    return count
  }

  /// Replaces all rows by those of `source`; tells how many come.
  @discardableResult
  package mutating func overwriteAll(_ source: any BatchSource) throws -> Int {
    scope = .everything
    for file in snapshot?.files ?? [] { removeLive(file) }
    return try append(source)
  }

  /// Replaces the rows of each partition that `source` has rows for, and of those `partitions`
  /// (text of the partition columns' values, in order) that are named besides: what a partition
  /// becomes when it has no rows any more. Other partitions stay. Tells how many rows come.
  @discardableResult
  package mutating func overwritePartitions(
    _ source: any BatchSource, alsoEmptying partitions: Set<[String?]> = []
  ) throws -> Int {
    guard let columns = metadata?.physicalPartitionColumns(schema), !columns.isEmpty else {
      return try overwriteAll(source)
    }
    let live = Dictionary(grouping: snapshot?.files ?? []) { $0.partition(columns) }
    for partition in partitions { for file in live[partition] ?? [] { removeLive(file) } }
    try refuseNumbers(in: source)
    let first = added.count
    // A file that comes out as it was keeps its name: it is removed and added, so it stays.
    let count = try write(mayReuseAll: true) { writer in
      while let batch = try source.next() { try writer.append(batch) }
    }
    let written = Set(added[first...].map { $0.partition(columns) })
    for partition in written { for file in live[partition] ?? [] { removeLive(file) } }
    scope.include(written.union(partitions))
    return count
  }

  /// Takes a live file out of the table, or one that this change has added.
  package mutating func remove(_ file: AddedFile) {
    if let index = added.firstIndex(of: file) {
      // Its bytes stay as those of a dropped change do: an older version may have the same file.
      added.remove(at: index)
    } else {
      removeLive(file)
    }
  }

  /// Takes a file of the snapshot out of the table, also when one just like it has been written.
  private mutating func removeLive(_ file: AddedFile) {
    removed[FileKey(file.path, file.deletionVector)] = file
  }

  /// The table as the change has it so far, its new files among the others; nil while there is no
  /// table. It may be read until the change is committed.
  package func provisionalSnapshot() throws(Fault) -> Snapshot? {
    if let snapshot, added.isEmpty, removed.isEmpty, metadata == snapshot.metadata {
      return snapshot
    }
    guard let metadata, let tableProtocol else { return nil }
    var state = TableState()
    state.apply(.tableProtocol(tableProtocol))
    state.apply(.metadata(metadata))
    for file in snapshot?.files ?? []
    where removed[FileKey(file.path, file.deletionVector)] == nil {
      state.apply(.add(file))
    }
    for file in added { state.apply(.add(file)) }
    return try Snapshot(table, version: snapshot?.version ?? 0, state: state)
  }

  /// Writes rows to new files and adds these; tells how many rows. A live file's name is taken
  /// unless the file is being removed, or `mayReuseAll` says that it will be if it must; with
  /// `keepsNames` no live file's name is taken at all. Files end at `fileByteLimit`, if there is
  /// one, else when they are large.
  mutating func write(
    mayReuseAll: Bool = false, keepsNames: Bool = false, fileByteLimit: Int? = nil,
    _ body: (PartitionedWriter) throws -> Void
  ) throws -> Int {
    guard let metadata else {
      throw Fault(
        .missing, at: Place(table.path), "there is no table to write to",
        remedy: "create it first")
    }
    var target = try WriteTarget(table, metadata, schema, context: context)
    target.fileByteLimit = fileByteLimit
    target.rules = try rowRules()
    // Live files are looked up one by one: an append to very many costs what it adds.
    let names = Set(added.map { FileKey($0.path, nil) })
    let gone = Set(removed.values.map { FileKey($0.path, nil) })
    let state = snapshot?.state
    let writer = PartitionedWriter(target) { path in
      let key = FileKey(path, nil)
      if names.contains(key) { return true }
      guard keepsNames || !(mayReuseAll || gone.contains(key)) else { return false }
      return state?.hasFile(at: path) ?? false
    }
    do {
      try body(writer)
      added += try writer.finish()
    } catch {
      writer.discard()
      throw error
    }
    outputRowCount += writer.rowCount
    noteNumbers()
    return writer.rowCount
  }

  // MARK: Commit

  /// Makes the change the table's next version, and ends the transaction.
  ///
  /// When another writer was first, the change is put on top of that version if the two do not
  /// touch each other, else the outcome is `.conflicted`. Throws `.io` and the like when the
  /// commit could not be written; whether it counts is then known by its `txn`.
  package consuming func commit() throws -> CommitOutcome {
    for application in applications where !restarted.contains(application.application) {
      if let version = snapshot?.transactionVersion(application.application),
        version >= application.version
      {
        return .alreadyApplied(version: snapshot?.version ?? 0)
      }
    }
    dropUnchangedFiles()
    try checkMapping()
    try settleProtocol()
    try checkRowsThere()
    try recordChanges()
    var change = try Change(
      context: context, snapshot: snapshot, tableProtocol: changedProtocol,
      metadata: changedMetadata, applications: applications, added: added,
      removed: removed.values.sorted { $0.path < $1.path }, scope: scope,
      outputRowCount: outputRowCount, isRearrangement: isRearrangement)
    change.partitionColumns = metadata?.physicalPartitionColumns(schema) ?? []
    change.changeFiles = changeFiles
    change.keepsRows = keepsRows
    if change.isEmpty { return .unchanged(version: snapshot?.version) }
    return try Committer(table, change).commit()
  }

  /// Has the protocol name what the table now needs of those who touch it.
  private mutating func settleProtocol() throws(Fault) {
    guard let metadata, metadata != snapshot?.metadata else { return }
    if recordsChanges { try ChangeColumns.check(schema, at: Place(table.path)) }
    tableProtocol = tableProtocol?.naming(TableFeature.needed(metadata.configuration, schema))
  }

  private var changedMetadata: TableMetadata? { metadata == snapshot?.metadata ? nil : metadata }

  private var changedProtocol: TableProtocol? {
    tableProtocol == snapshot?.tableProtocol ? nil : tableProtocol
  }

  /// A file removed and written again with the same content has not changed.
  private mutating func dropUnchangedFiles() {
    added.removeAll { file in
      let key = FileKey(file.path, file.deletionVector)
      guard let old = removed[key], old.partitionValues == file.partitionValues else {
        return false
      }
      removed[key] = nil
      return true
    }
  }
}

/// Which rows a change was worked out from.
enum ReadScope: Sendable {
  case nothing
  /// The rows of some partitions, by the text of their values.
  case partitions(Set<[String?]>)
  case everything

  mutating func include(_ more: Set<[String?]>) {
    switch self {
    case .nothing: self = .partitions(more)
    case .partitions(let old): self = .partitions(old.union(more))
    case .everything: break
    }
  }

  /// Whether rows of `partition` count.
  func contains(_ partition: [String?]) -> Bool {
    switch self {
    case .nothing: false
    case .partitions(let partitions): partitions.contains(partition)
    case .everything: true
    }
  }
}

extension AddedFile {
  /// The text of the values of `columns`, in order.
  package func partition(_ columns: [String]) -> [String?] {
    columns.map { partitionValues[$0] ?? nil }
  }

  /// How many rows the file has, deleted ones counted, if its statistics say so.
  package var rowCount: Int? { FileStatistics.rowCount(in: self) }
}
