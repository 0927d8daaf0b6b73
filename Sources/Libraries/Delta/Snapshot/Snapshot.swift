package import Columnar
package import Core

/// One version of a table: its schema, properties and live files. A value; the table may move on.
package struct Snapshot: Sendable {
  package let table: Table
  package let version: Int64
  /// When the version was made: its in-commit timestamp if the table keeps them, else the time its
  /// log file was written.
  package let timestamp: Timestamp
  package let tableProtocol: TableProtocol
  package let metadata: TableMetadata
  package let schema: Schema
  /// The live files, in the order they were added.
  package let files: [AddedFile]
  let state: TableState
  let columnNames: ColumnNames

  /// The columns whose value is the same in all rows of a file.
  package var partitionColumns: [String] { metadata.partitionColumns }

  /// The same columns as the log calls them where it gives partition values: with column mapping
  /// by the names that they have in files.
  package var physicalPartitionColumns: [String] { metadata.physicalPartitionColumns(schema) }

  /// The columns as data files and statistics call them, field for field.
  package var physicalSchema: Schema { columnNames.physical }

  /// What data files and statistics call a column.
  package func physicalName(of column: String) -> String {
    schema.index(of: column).map { physicalSchema.fields[$0].name } ?? column
  }

  /// The table's properties, such as `delta.appendOnly`.
  package var properties: [String: String] { metadata.configuration }

  /// The version that `application` last recorded here, or nil.
  package func transactionVersion(_ application: String) -> Int64? {
    state.transactions[application]?.version
  }

  /// What every application recorded here.
  package var transactions: [String: ApplicationTransaction] { state.transactions }

  /// Files that were removed and that the log still remembers.
  package var removals: [RemovedFile] { state.removals }

  /// How many rows the table has, when the statistics of all files say so.
  package var rowCount: Int? {
    var total = 0
    for file in files {
      guard let count = FileStatistics.rowCount(in: file) else { return nil }
      total = total.saturatingAdd(count)
    }
    return total
  }

  /// The size of all live files.
  package var byteCount: Int { files.reduce(0) { $0.saturatingAdd($1.byteCount) } }

  /// Whether checkpoints hold files and removals in files of their own.
  var hasSidecars: Bool {
    properties[TableFeature.checkpointPolicy] == "v2" && tableProtocol.names(.v2Checkpoint)
  }

  /// Whether commits carry the time that orders versions.
  var keepsCommitTimes: Bool { properties["delta.enableInCommitTimestamps"] == "true" }

  init(_ table: Table, version: Int64, state: TableState) throws(Fault) {
    let place = Place(table.log.path)
    let tableProtocol = try state.namedProtocol(at: place)
    let metadata = try state.namedMetadata(at: place)
    guard !metadata.schemaText.isEmpty else {
      throw Fault(
        .data, at: place, "the table has no schema yet", remedy: "give a later version")
    }
    try TableFeatures.checkReading(tableProtocol, at: place)
    self.table = table
    self.version = version
    self.state = state
    self.tableProtocol = tableProtocol
    self.metadata = metadata
    schema = try SchemaJSON.decode(metadata.schemaText, at: place)
    columnNames = try ColumnNames(schema, metadata, at: place)
    files = state.files
    timestamp = try Snapshot.timestamp(table, version, state)
    for name in metadata.partitionColumns where schema.index(of: name) == nil {
      throw Fault(
        .data, at: place, "partition column '\(name)' is not in the schema",
        remedy: "restore the log from a copy")
    }
  }

  /// The snapshot once the commits after it up to `version` are taken in.
  func advanced(to version: Int64) throws(Fault) -> Snapshot {
    guard version > self.version else { return self }
    let replay = LogReplay(table.log)
    let state = try replay.replay(Array(self.version + 1...version), onto: state)
    return try Snapshot(table, version: version, state: state)
  }

  private static func timestamp(
    _ table: Table, _ version: Int64, _ state: TableState
  ) throws(Fault) -> Timestamp {
    if state.metadata?.configuration["delta.enableInCommitTimestamps"] == "true",
      let time = state.commit?.inCommitTimestamp
    {
      return time
    }
    if let status = try table.fileSystem.status(of: table.log.commitPath(version)) {
      return status.modified
    }
    return state.commit?.timestamp ?? Timestamp(microseconds: 0)
  }
}
