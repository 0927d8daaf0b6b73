import Columnar
import Core

extension Transaction {
  /// Whether the table has its changes recorded.
  var recordsChanges: Bool { metadata?.configuration[ChangeColumns.property] == "true" }

  /// Writes down which rows go, come and change, where the data files do not tell just that.
  ///
  /// What is only added or only removed is told by its files, and so is a table of other columns,
  /// all of whose rows come new. Rows that go and come back in another file did not change: they
  /// are told by neither.
  mutating func recordChanges() throws {
    guard recordsChanges, !isRearrangement, !added.isEmpty, !removed.isEmpty, let metadata,
      hasComparableRows, let after = try provisionalSnapshot()
    else { return }
    let files = try changedFiles()
    var rows = ChangedRows(
      after, removed: files.removed, added: files.added, keys: rowKeys,
      roundRowCount: changeRoundRowCount)
    let writer = try PartitionedWriter(changeTarget(metadata)) { [table] path in
      // Another commit may have told the same; each has its own file, to be cleared away with it.
      guard let place = try? table.location(ofFile: path) else { return true }
      return (try? table.fileSystem.exists(place)) ?? true
    }
    let counts: ChangedRows.Counts
    let told: [AddedFile]
    do {
      counts = try rows.visit { kind, batch in
        let type = Column.constant(
          .string(kind.rawValue), ChangeColumns.type.type, count: batch.rowCount)
        try writer.append(
          Batch(
            Schema(batch.schema.fields + [ChangeColumns.type]), batch.columns + [type],
            rowCount: batch.rowCount))
      }
      told = try writer.finish()
    } catch {
      writer.discard()
      throw error
    }
    if counts.told.isEmpty {
      keepsRows = true
      for index in added.indices { added[index].dataChange = false }
    } else if counts.areAll {
      for file in told { try table.fileSystem.remove(table.location(ofFile: file.path)) }
    } else {
      changeFiles = told.map {
        ChangeFile(
          path: $0.path, partitionValues: $0.partitionValues, byteCount: $0.byteCount)
      }
    }
  }

  /// Whether the rows of before can be read in the columns that the table now has.
  private var hasComparableRows: Bool {
    guard let snapshot, let metadata else { return false }
    if metadata.schemaText == snapshot.metadata.schemaText,
      metadata.partitionColumns == snapshot.metadata.partitionColumns
    {
      return true
    }
    // A column that lies in files under another name than before is another one.
    let names = ColumnMapping.physicalNames(schema, metadata.configuration)
    let before = ColumnMapping.physicalNames(snapshot.schema, snapshot.properties)
    guard before.allSatisfy({ names[$0.key] == nil || names[$0.key] == $0.value }) else {
      return false
    }
    let evolved = try? SchemaEvolution(Place(table.path), widens: true)
      .evolved(snapshot.schema.fields, to: schema.fields)
    return evolved?.map(\.name) == schema.names
      && metadata.partitionColumns == snapshot.metadata.partitionColumns
  }

  private func changeTarget(_ metadata: TableMetadata) throws(Fault) -> WriteTarget {
    var target = try WriteTarget(
      table, metadata, Schema(schema.fields + [ChangeColumns.type]), context: context)
    target.folder = "\(ChangeColumns.folder)/"
    target.namePrefix = "cdc"
    target.statisticsColumnCount = 0
    return target
  }
}
