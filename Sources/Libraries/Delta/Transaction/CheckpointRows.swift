import Columnar
import Core

/// The rows of a checkpoint: one action each.
struct CheckpointRows {
  private let snapshot: Snapshot
  private let removals: [RemovedFile]
  /// The columns of the checkpoint, as the Delta protocol names them.
  let schema: Schema

  /// The state of `snapshot`, with the removed files that may still be in use at `now`.
  init(_ snapshot: Snapshot, now: Timestamp) {
    self.snapshot = snapshot
    let horizon = now.milliseconds - Retention.files.milliseconds(in: snapshot.properties)
    removals = snapshot.state.removals.filter { $0.deletionTimestamp ?? 0 > horizon }
    let hasVectors =
      snapshot.files.contains { $0.deletionVector != nil }
      || removals.contains { $0.deletionVector != nil }
    schema = Self.schema(withVectors: hasVectors)
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

  /// The rows in an order that depends on the state alone.
  func batches() -> [Batch] {
    var rows: [(column: Int, value: Scalar)] = [
      (0, CheckpointRows.protocolValue(snapshot.tableProtocol)),
      (1, CheckpointRows.metadataValue(snapshot.metadata)),
    ]
    for (_, transaction) in snapshot.transactions.sorted(by: { $0.key < $1.key }) {
      rows.append((2, CheckpointRows.value(transaction)))
    }
    for (_, domain) in snapshot.state.domains.sorted(by: { $0.key < $1.key }) {
      rows.append((3, CheckpointRows.value(domain)))
    }
    for removal in removals { rows.append((4, value(removal))) }
    for file in snapshot.files { rows.append((5, value(file))) }
    return stride(from: 0, to: rows.count, by: Batch.standardRowCount).map { start in
      batch(rows[start..<min(rows.count, start + Batch.standardRowCount)])
    }
  }

  private func batch(_ rows: ArraySlice<(column: Int, value: Scalar)>) -> Batch {
    let builders = schema.fields.map { ColumnBuilder($0.type, capacity: rows.count) }
    for row in rows {
      for (index, builder) in builders.enumerated() {
        builder.append(index == row.column ? row.value : .null)
      }
    }
    return Batch(schema, builders.map { $0.finish() }, rowCount: rows.count)
  }

  // MARK: Schema and values

  private static let textMap = DataType.map(key: .string, value: .string, valueContainsNull: true)
  private static let texts = DataType.array(element: .string, containsNull: false)

  private static let vector = Field(
    "deletionVector",
    .structure([
      Field("storageType", .string), Field("pathOrInlineDv", .string), Field("offset", .int),
      Field("sizeInBytes", .int), Field("cardinality", .bigint),
    ]))

  /// Deletion vectors have a column where a file has one.
  private static func schema(withVectors: Bool) -> Schema {
    Schema(
      plainSchema.fields.map { field in
        guard withVectors, ["add", "remove"].contains(field.name) else { return field }
        return Field(field.name, .structure(field.type.fields + [vector]))
      })
  }

  private static let plainSchema = Schema([
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
    Field(
      "remove",
      .structure([
        Field("path", .string), Field("deletionTimestamp", .bigint),
        Field("dataChange", .boolean), Field("extendedFileMetadata", .boolean),
        Field("partitionValues", textMap), Field("size", .bigint),
      ])),
    Field(
      "add",
      .structure([
        Field("path", .string), Field("partitionValues", textMap), Field("size", .bigint),
        Field("modificationTime", .bigint), Field("dataChange", .boolean),
        Field("stats", .string), Field("tags", textMap),
      ])),
  ])

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
      ] + vectorMember(file.deletionVector, in: "remove"))
  }

  private func value(_ file: AddedFile) -> Scalar {
    .structure(
      [
        .string(file.path), Self.map(file.partitionValues), .integer(Int64(file.byteCount)),
        .integer(file.modificationTime), .boolean(false), Self.text(file.statisticsText),
        file.tags.map { Self.map($0) } ?? .null,
      ] + vectorMember(file.deletionVector, in: "add"))
  }

  /// The last member of a file's action, if the checkpoint has one for vectors.
  private func vectorMember(
    _ vector: DeletionVectorDescriptor?, in action: String
  ) -> [Scalar] {
    let index = schema.index(of: action)
    guard let index, schema.fields[index].type.fields.last?.name == Self.vector.name else {
      return []
    }
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
