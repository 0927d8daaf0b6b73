package import Core
package import JSON

/// One line of the log: a change to the table's state.
package enum Action: Sendable {
  case commitInfo(CommitRecord)
  case tableProtocol(TableProtocol)
  case metadata(TableMetadata)
  case add(AddedFile)
  case remove(RemovedFile)
  case transaction(ApplicationTransaction)
  case domainMetadata(DomainMetadata)
  case sidecar(SidecarFile)
  case changeFile(ChangeFile)
  /// An action that says nothing about the table's state, by its name.
  case other(String)
}

/// What readers and writers must know to touch the table.
package struct TableProtocol: Hashable, Sendable {
  package var readerVersion: Int
  package var writerVersion: Int
  /// Named features; nil below reader version 3.
  package var readerFeatures: [String]?
  /// Named features; nil below writer version 7.
  package var writerFeatures: [String]?

  package init(
    readerVersion: Int, writerVersion: Int, readerFeatures: [String]? = nil,
    writerFeatures: [String]? = nil
  ) {
    self.readerVersion = readerVersion
    self.writerVersion = writerVersion
    self.readerFeatures = readerFeatures
    self.writerFeatures = writerFeatures
  }
}

/// The table's identity, schema and properties, as the log has them.
package struct TableMetadata: Hashable, Sendable {
  package var id: String
  package var name: String?
  package var description: String?
  /// The schema as JSON text (`SchemaJSON`).
  package var schemaText: String
  package var partitionColumns: [String]
  /// The table's properties, such as `delta.appendOnly`.
  package var configuration: [String: String]
  /// Milliseconds since the epoch.
  package var createdTime: Int64?

  package init(
    id: String, name: String? = nil, description: String? = nil, schemaText: String,
    partitionColumns: [String] = [], configuration: [String: String] = [:],
    createdTime: Int64? = nil
  ) {
    self.id = id
    self.name = name
    self.description = description
    self.schemaText = schemaText
    self.partitionColumns = partitionColumns
    self.configuration = configuration
    self.createdTime = createdTime
  }
}

/// A data file that belongs to the table from this commit on.
package struct AddedFile: Hashable, Sendable {
  /// The path as the log has it: URL-encoded, relative to the table or absolute.
  package var path: String
  /// Text of each partition column's value; nil is NULL.
  package var partitionValues: [String: String?]
  package var byteCount: Int
  /// Milliseconds since the epoch.
  package var modificationTime: Int64
  /// False when the commit only rearranges rows.
  package var dataChange: Bool
  /// The statistics as JSON text (`FileStatistics`).
  package var statisticsText: String?
  package var tags: [String: String?]?
  package var deletionVector: DeletionVectorDescriptor?

  package init(
    path: String, partitionValues: [String: String?] = [:], byteCount: Int,
    modificationTime: Int64, dataChange: Bool = true, statisticsText: String? = nil,
    tags: [String: String?]? = nil, deletionVector: DeletionVectorDescriptor? = nil
  ) {
    self.path = path
    self.partitionValues = partitionValues
    self.byteCount = byteCount
    self.modificationTime = modificationTime
    self.dataChange = dataChange
    self.statisticsText = statisticsText
    self.tags = tags
    self.deletionVector = deletionVector
  }
}

/// A data file that no longer belongs to the table.
package struct RemovedFile: Hashable, Sendable {
  /// The path as the log has it: URL-encoded, relative to the table or absolute.
  package var path: String
  /// Milliseconds since the epoch.
  package var deletionTimestamp: Int64?
  package var dataChange: Bool
  package var partitionValues: [String: String?]?
  package var byteCount: Int?
  package var statisticsText: String?
  package var deletionVector: DeletionVectorDescriptor?

  package init(
    path: String, deletionTimestamp: Int64?, dataChange: Bool = true,
    partitionValues: [String: String?]? = nil, byteCount: Int? = nil,
    statisticsText: String? = nil, deletionVector: DeletionVectorDescriptor? = nil
  ) {
    self.path = path
    self.deletionTimestamp = deletionTimestamp
    self.dataChange = dataChange
    self.partitionValues = partitionValues
    self.byteCount = byteCount
    self.statisticsText = statisticsText
    self.deletionVector = deletionVector
  }
}

/// A file of the rows that a commit changed: what the change feed tells of it in place of its
/// data files.
package struct ChangeFile: Hashable, Sendable {
  /// The path as the log has it: URL-encoded, relative to the table or absolute.
  package var path: String
  /// Text of each partition column's value; nil is NULL.
  package var partitionValues: [String: String?]
  package var byteCount: Int

  package init(path: String, partitionValues: [String: String?], byteCount: Int) {
    self.path = path
    self.partitionValues = partitionValues
    self.byteCount = byteCount
  }
}

/// Where the positions of a data file's deleted rows are kept.
package struct DeletionVectorDescriptor: Hashable, Sendable {
  /// `u` (a file named by a UUID), `p` (a file by path) or `i` (inline).
  package var storageType: String
  package var pathOrInline: String
  package var offset: Int?
  package var byteCount: Int
  /// How many rows are deleted.
  package var rowCount: Int

  package init(
    storageType: String, pathOrInline: String, offset: Int?, byteCount: Int, rowCount: Int
  ) {
    self.storageType = storageType
    self.pathOrInline = pathOrInline
    self.offset = offset
    self.byteCount = byteCount
    self.rowCount = rowCount
  }

  /// What tells this vector from others of the same file.
  package var uniqueID: String {
    storageType + pathOrInline + (offset.map { "@\($0)" } ?? "")
  }
}

/// A file of actions that a checkpoint of version 2 names.
package struct SidecarFile: Hashable, Sendable {
  /// The name in the log's folder of such files.
  package var path: String
  package var byteCount: Int
  /// Milliseconds since the epoch.
  package var modificationTime: Int64
}

/// How far an application has come in writing to this table.
package struct ApplicationTransaction: Hashable, Sendable {
  package var application: String
  package var version: Int64
  /// Milliseconds since the epoch.
  package var lastUpdated: Int64?

  package init(application: String, version: Int64, lastUpdated: Int64? = nil) {
    self.application = application
    self.version = version
    self.lastUpdated = lastUpdated
  }
}

/// A named piece of text that a feature keeps in the table.
package struct DomainMetadata: Hashable, Sendable {
  package var domain: String
  package var configuration: String
  package var isRemoved: Bool

  package init(domain: String, configuration: String, isRemoved: Bool) {
    self.domain = domain
    self.configuration = configuration
    self.isRemoved = isRemoved
  }
}

/// Who made a commit, when and why: free members, some of which have a meaning.
package struct CommitRecord: Sendable {
  /// All members of `commitInfo`, in order.
  package var value: JSONValue

  package init(value: JSONValue) { self.value = value }

  /// The operation's name, such as `WRITE`.
  package var operation: String? { value["operation"]?.string }

  /// What the operation was told.
  package var operationParameters: [(key: String, value: String)] {
    (value["operationParameters"]?.object?.members ?? []).map { ($0.key, $0.value.plainText) }
  }

  /// The run that made the commit, when one of ours did.
  package var runID: String? { value["runId"]?.string }

  /// The program that made the commit.
  package var engine: String? { value["engineInfo"]?.string }

  /// When the commit was made: its in-commit timestamp, else what the writer noted.
  package var timestamp: Timestamp? {
    inCommitTimestamp ?? value["timestamp"]?.int64.map { Timestamp(milliseconds: $0) }
  }

  /// The time that orders versions, when the table keeps one in its commits.
  package var inCommitTimestamp: Timestamp? {
    value["inCommitTimestamp"]?.int64.map { Timestamp(milliseconds: $0) }
  }
}

extension Timestamp {
  /// The instant `milliseconds` after the epoch, the log's unit of time.
  package init(milliseconds: Int64) {
    let (microseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
    self.init(microseconds: overflow ? (milliseconds < 0 ? .min : .max) : microseconds)
  }

  /// Milliseconds since the epoch, rounded down.
  package var milliseconds: Int64 { floorDivide(microseconds, 1_000) }
}
