import Columnar
import Core

/// The rows of a file of a checkpoint: one action each.
struct CheckpointRows {
  /// An action in the column of its kind.
  typealias Row = (column: String, value: Scalar)

  let schema: Schema
  let rows: [Row]

  func batches() -> [Batch] {
    stride(from: 0, to: rows.count, by: Batch.standardRowCount).map { start in
      batch(rows[start..<min(rows.count, start + Batch.standardRowCount)])
    }
  }

  private func batch(_ rows: ArraySlice<Row>) -> Batch {
    let builders = schema.fields.map { ColumnBuilder($0.type, capacity: rows.count) }
    for row in rows {
      for (field, builder) in zip(schema.fields, builders) {
        builder.append(field.name == row.column ? row.value : .null)
      }
    }
    return Batch(schema, builders.map { $0.finish() }, rowCount: rows.count)
  }
}

/// What a checkpoint holds, in an order that depends on the state alone: in one file, or, where the
/// table has checkpoints of version 2, files and removals apart.
struct CheckpointContent {
  /// A file that a checkpoint of version 2 names has so many actions at most.
  static let sidecarRowLimit = 20_000

  private let snapshot: Snapshot
  private let removals: [RemovedFile]
  private let hasVectors: Bool

  /// The state of `snapshot`, with the removed files that may still be in use at `now`.
  init(_ snapshot: Snapshot, now: Timestamp) {
    self.snapshot = snapshot
    let horizon = now.milliseconds - Retention.files.milliseconds(in: snapshot.properties)
    removals = snapshot.state.removals.filter { $0.deletionTimestamp ?? 0 > horizon }
    hasVectors =
      snapshot.files.contains { $0.deletionVector != nil }
      || removals.contains { $0.deletionVector != nil }
  }

  var count: Int {
    2 + snapshot.transactions.count + snapshot.state.domains.count + removals.count
      + snapshot.files.count
  }

  /// A file as checkpoints hold it: they change no data.
  static func normal(_ file: AddedFile) -> AddedFile {
    var file = file
    file.dataChange = false
    if file.tags?.isEmpty == true { file.tags = nil }
    return file
  }

  /// All of it.
  var whole: CheckpointRows {
    CheckpointRows(
      schema: Schema(Self.tableFields + fileFields), rows: tableRows + removalRows + fileRows)
  }

  /// Files and removals in parts, of which those of the oldest files stay as they are while files
  /// are added.
  var sidecars: [CheckpointRows] {
    [fileRows, removalRows].flatMap { rows in
      stride(from: 0, to: rows.count, by: Self.sidecarRowLimit).map { start in
        CheckpointRows(
          schema: Schema(fileFields),
          rows: Array(rows[start..<min(rows.count, start + Self.sidecarRowLimit)]))
      }
    }
  }

  /// The rest, which names the parts.
  func main(with sidecars: [SidecarFile]) -> CheckpointRows {
    let rows: [CheckpointRows.Row] =
      [("checkpointMetadata", .structure([.integer(snapshot.version)]))]
      + sidecars.map { file in
        (
          "sidecar",
          .structure([
            .string(file.path), .integer(Int64(file.byteCount)), .integer(file.modificationTime),
          ])
        )
      }
    return CheckpointRows(
      schema: Schema(Self.tableFields + Self.sidecarFields), rows: rows + tableRows)
  }

  private var tableRows: [CheckpointRows.Row] {
    var rows: [CheckpointRows.Row] = [
      ("protocol", Self.protocolValue(snapshot.tableProtocol)),
      ("metaData", Self.metadataValue(snapshot.metadata)),
    ]
    for (_, transaction) in snapshot.transactions.sorted(by: { $0.key < $1.key }) {
      rows.append(("txn", Self.value(transaction)))
    }
    for (_, domain) in snapshot.state.domains.sorted(by: { $0.key < $1.key }) {
      rows.append(("domainMetadata", Self.value(domain)))
    }
    return rows
  }

  private var removalRows: [CheckpointRows.Row] { removals.map { ("remove", value($0)) } }
  private var fileRows: [CheckpointRows.Row] { snapshot.files.map { ("add", value($0)) } }

  // MARK: Schema and values

  private static let textMap = DataType.map(key: .string, value: .string, valueContainsNull: true)
  private static let texts = DataType.array(element: .string, containsNull: false)

  private static let vector = Field(
    "deletionVector",
    .structure([
      Field("storageType", .string), Field("pathOrInlineDv", .string), Field("offset", .int),
      Field("sizeInBytes", .int), Field("cardinality", .bigint),
    ]))

  private static let tableFields = [
    Field(
      "protocol",
      .structure([
        Field("minReaderVersion", .int), Field("minWriterVersion", .int),
        Field("readerFeatures", texts), Field("writerFeatures", texts),
      ])),
    Field(
      "metaData",
      .structure([
        Field("id", .string), Field("name", .string), Field("description", .string),
        Field(
          "format", .structure([Field("provider", .string), Field("options", textMap)])),
        Field("schemaString", .string), Field("partitionColumns", texts),
        Field("configuration", textMap), Field("createdTime", .bigint),
      ])),
    Field(
      "txn",
      .structure([
        Field("appId", .string), Field("version", .bigint), Field("lastUpdated", .bigint),
      ])),
    Field(
      "domainMetadata",
      .structure([
        Field("domain", .string), Field("configuration", .string), Field("removed", .boolean),
      ])),
  ]

  private static let sidecarFields = [
    Field("checkpointMetadata", .structure([Field("version", .bigint)])),
    Field(
      "sidecar",
      .structure([
        Field("path", .string), Field("sizeInBytes", .bigint), Field("modificationTime", .bigint),
      ])),
  ]

  /// Deletion vectors have a column where a file has one.
  private var fileFields: [Field] {
    let last = hasVectors ? [Self.vector] : []
    return [
      Field(
        "remove",
        .structure(
          [
            Field("path", .string), Field("deletionTimestamp", .bigint),
            Field("dataChange", .boolean), Field("extendedFileMetadata", .boolean),
            Field("partitionValues", Self.textMap), Field("size", .bigint),
          ] + last)),
      Field(
        "add",
        .structure(
          [
            Field("path", .string), Field("partitionValues", Self.textMap),
            Field("size", .bigint), Field("modificationTime", .bigint),
            Field("dataChange", .boolean), Field("stats", .string), Field("tags", Self.textMap),
          ] + last)),
    ]
  }

  private static func protocolValue(_ value: TableProtocol) -> Scalar {
    .structure([
      .integer(Int64(value.readerVersion)), .integer(Int64(value.writerVersion)),
      list(value.readerFeatures), list(value.writerFeatures),
    ])
  }

  private static func metadataValue(_ value: TableMetadata) -> Scalar {
    .structure([
      .string(value.id), text(value.name), text(value.description),
      .structure([.string("parquet"), map([:])]), .string(value.schemaText),
      list(value.partitionColumns), map(value.configuration), integer(value.createdTime),
    ])
  }

  private static func value(_ transaction: ApplicationTransaction) -> Scalar {
    .structure([
      .string(transaction.application), .integer(transaction.version),
      integer(transaction.lastUpdated),
    ])
  }

  private static func value(_ domain: DomainMetadata) -> Scalar {
    .structure([.string(domain.domain), .string(domain.configuration), .boolean(false)])
  }

  private func value(_ file: RemovedFile) -> Scalar {
    .structure(
      [
        .string(file.path), Self.integer(file.deletionTimestamp), .boolean(false),
        .boolean(file.partitionValues != nil), file.partitionValues.map { Self.map($0) } ?? .null,
        Self.integer(file.byteCount.map { Int64($0) }),
      ] + vectorMember(file.deletionVector))
  }

  private func value(_ file: AddedFile) -> Scalar {
    .structure(
      [
        .string(file.path), Self.map(file.partitionValues), .integer(Int64(file.byteCount)),
        .integer(file.modificationTime), .boolean(false), Self.text(file.statisticsText),
        file.tags.map { Self.map($0) } ?? .null,
      ] + vectorMember(file.deletionVector))
  }

  /// The last member of a file's action, if the checkpoint has one for vectors.
  private func vectorMember(_ vector: DeletionVectorDescriptor?) -> [Scalar] {
    guard hasVectors else { return [] }
    guard let vector else { return [.null] }
    return [
      .structure([
        .string(vector.storageType), .string(vector.pathOrInline),
        Self.integer(vector.offset.map { Int64($0) }), .integer(Int64(vector.byteCount)),
        .integer(Int64(vector.rowCount)),
      ])
    ]
  }

  private static func text(_ value: String?) -> Scalar { value.map { .string($0) } ?? .null }

  private static func integer(_ value: Int64?) -> Scalar { value.map { .integer($0) } ?? .null }

  private static func list(_ values: [String]?) -> Scalar {
    values.map { .list($0.map { .string($0) }) } ?? .null
  }

  private static func map(_ values: [String: String?]) -> Scalar {
    .list(
      values.sorted { $0.key < $1.key }.map { .structure([.string($0.key), text($0.value)]) })
  }
}
