import Core
import Database
import LakeJobs
import PostgreSQL

/// What a system's publication tells of, as the server has it.
struct PublishedTables {
  private let names: Set<[String]>
  private let session: LogicalSession

  /// `.configuration` when the publication is missing, or leaves out some kind of change.
  init(_ session: LogicalSession) throws(Fault) {
    self.session = session
    let publication = session.publication
    let rows = try session.texts(
      """
      SELECT (pubinsert AND pubupdate AND pubdelete AND pubtruncate)::text, pubviaroot::text
      FROM pg_publication WHERE pubname = $1
      """, publication)
    guard let row = rows.first else {
      throw Fault(
        .configuration, at: session.connection.place, "there is no publication '\(publication)'",
        remedy: "run 'cdc-extract --setup \(session.system.name)'")
    }
    let quoted = session.connection.dialect.quoted(publication)
    guard row == ["true", "true"] else {
      throw Fault(
        .configuration, at: session.connection.place,
        "the publication '\(publication)' leaves changes out, or tells of partitions",
        remedy: "have its owner run 'ALTER PUBLICATION \(quoted) SET (publish = "
          + "'insert, update, delete, truncate', publish_via_partition_root = true)'")
    }
    let tables = try session.texts(
      "SELECT schemaname::text, tablename::text FROM pg_publication_tables WHERE pubname = $1",
      publication)
    names = Set(tables.map { $0.map { $0 ?? "" } })
    try PublishedTables.checkParts(session)
  }

  /// Whether the log tells of `table`.
  func contains(_ table: SourceRelation) -> Bool { names.contains([table.schema, table.name]) }

  /// `.configuration` when the log does not tell of `relation`, which is `table` of sources.yml.
  func check(
    _ relation: SourceRelation, _ table: SourcesFile.SourceTable
  ) throws(Fault) {
    guard contains(relation) else { throw missing(table.name, at: relation.place) }
  }

  /// That the log does not tell of a table.
  func missing(_ name: String, at place: Place) -> Fault {
    Fault(
      .configuration, at: place, "the table '\(name)' is not in the publication",
      remedy: "run 'cdc-extract --setup \(session.system.name)'")
  }

  /// `.configuration` when a table is published in part: such servers are of version 15 or later.
  private static func checkParts(_ session: LogicalSession) throws(Fault) {
    guard
      try session.isTrue(
        """
        SELECT EXISTS (SELECT FROM pg_attribute WHERE attname = 'prqual'
          AND attrelid = 'pg_publication_rel'::regclass)
        """),
      let row = try session.texts(
        """
        SELECT r.prrelid::regclass::text FROM pg_publication_rel r
        JOIN pg_publication p ON p.oid = r.prpubid
        WHERE p.pubname = $1 AND (r.prqual IS NOT NULL OR r.prattrs IS NOT NULL)
        """, session.publication
      ).first
    else { return }
    throw Fault(
      .configuration, at: session.connection.place,
      "the publication '\(session.publication)' tells of parts of \(row[0] ?? "") only",
      remedy: "have its owner publish the table without WHERE and list of columns")
  }
}
