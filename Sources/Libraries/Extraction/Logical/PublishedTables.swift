import Core
import Database
import LakeJobs
import PostgreSQL

/// What a system's publication tells of, as the server has it.
struct PublishedTables {
  /// The publication's number.
  let id: String
  /// By schema and name: since when the table is in it, as a number; 0 where it is with others.
  private let numbers: [[String]: String]
  private let session: LogicalSession

  /// `.configuration` when the publication is missing, or leaves out some kind of change.
  init(_ session: LogicalSession) throws(Fault) {
    self.session = session
    let publication = session.publication
    let rows = try session.texts(
      """
      SELECT (pubinsert AND pubupdate AND pubdelete AND pubtruncate)::text, pubviaroot::text,
        oid::text
      FROM pg_publication WHERE pubname = $1
      """, publication)
    guard let row = rows.first else {
      throw Fault(
        .configuration, at: session.connection.place, "there is no publication '\(publication)'",
        remedy: "run 'cdc-extract --setup \(session.system.name)'")
    }
    let quoted = session.connection.dialect.quoted(publication)
    guard row.prefix(2) == ["true", "true"] else {
      throw Fault(
        .configuration, at: session.connection.place,
        "the publication '\(publication)' leaves changes out, or tells of partitions",
        remedy: "have its owner run 'ALTER PUBLICATION \(quoted) SET (publish = "
          + "'insert, update, delete, truncate', publish_via_partition_root = true)'")
    }
    id = row[2] ?? ""
    let tables = try session.texts(
      """
      SELECT t.schemaname::text, t.tablename::text, coalesce(r.oid, 0)::text
      FROM pg_publication_tables t
      JOIN pg_publication p ON p.pubname = t.pubname
      LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid =
        (quote_ident(t.schemaname) || '.' || quote_ident(t.tablename))::regclass
      WHERE t.pubname = $1
      """, publication)
    numbers = Dictionary(tables.map { ([$0[0] ?? "", $0[1] ?? ""], $0[2] ?? "") }) { $1 }
    try PublishedTables.checkParts(session)
  }

  /// Whether the log tells of `table`.
  func contains(_ table: SourceRelation) -> Bool { number(of: table) != nil }

  /// Since when the log tells of `table` without a gap, if that begins now.
  func epoch(of table: SourceRelation, _ server: ServerFacts, _ run: RunID) -> String {
    "\(server.system) \(server.logEnd) \(run) \(number(of: table) ?? "")"
  }

  /// Whether the log tells of `table` as it did when `epoch` began.
  func keeps(_ epoch: String, of table: SourceRelation) -> Bool {
    number(of: table).map { epoch.hasSuffix(" \($0)") } ?? false
  }

  /// Whether the log has told of `table` since `epoch` until it was taken out, if it was.
  func hasKept(_ epoch: String, of table: SourceRelation) -> Bool {
    !contains(table) || keeps(epoch, of: table)
  }

  /// That the log does not tell of `table`, or not without a gap since `epoch`; nil when it does.
  func fault(of table: LogicalTable, _ epoch: String) -> Fault? {
    let relation = table.source
    if relation.id == 0 { return nil }
    guard contains(relation) else { return missing(table.table.source.name, at: relation.place) }
    if keeps(epoch, of: relation) { return nil }
    return Fault(
      .configuration, at: relation.place,
      "the table was taken out of the publication and put back, so that changes are missing",
      remedy: "run 'cdc-extract --setup \(session.system.name)', and the next run compares it "
        + "with bronze")
  }

  private func number(of table: SourceRelation) -> String? {
    numbers[[table.schema, table.name]]
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
