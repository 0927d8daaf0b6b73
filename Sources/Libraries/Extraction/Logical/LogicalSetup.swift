import Columnar
import Core
import Database
import LakeJobs
import PostgreSQL

/// Makes what logical decoding needs at the source, a publication and then a replication slot, and
/// takes both away. Made once more, it mends what can be mended: tables that were not followed are
/// compared with bronze by the next run.
struct LogicalSetup {
  private let system: SourcesFile.SourceSystem
  private let lake: Lake
  private let session: LogicalSession

  init(of system: SourcesFile.SourceSystem, in lake: Lake) throws(Fault) {
    self.system = system
    self.lake = lake
    session = try LogicalSession(system)
  }

  /// Makes publication and slot where they are missing, and gives what a person should know, a line
  /// each. Nothing is made when a table could not be followed.
  func make() throws(Fault) -> [String] {
    try checkServer()
    var tables: [(name: String, relation: SourceRelation)] = []
    for table in system.tables {
      let relation = try SourceRelation(table, reserved: [], session)
      try relation.checkKeys(session)
      tables.append((table.name, relation))
    }
    let server = try session.server()
    let old = try known()
    if old == nil, try session.slotFacts() != nil { throw SlotCheck(session, nil).unknown }
    var lines: [String] = []
    let published = try makePublication(tables.map(\.relation), &lines)
    var memory = try makeSlot(server, old, published, &lines)
    for (name, relation) in tables {
      if let epoch = memory.epochs[name], published.keeps(epoch, of: relation) { continue }
      memory.epochs[name] = published.epoch(of: relation, try session.server(), lake.runID)
    }
    memory.epochs = memory.epochs.filter { epoch in tables.contains { $0.name == epoch.key } }
    if memory != old { try memory.write(of: system, in: lake) }
    lines.append("the role that extracts needs no more than this:")
    return lines + grants(tables.map(\.relation))
  }

  /// Takes slot and publication away, and what is remembered of them; bronze stays.
  func remove() throws(Fault) -> [String] {
    var lines: [String] = []
    if let slot = try session.slotFacts() {
      try checkIdle(slot)
      _ = try session.texts("SELECT pg_drop_replication_slot($1)::text", session.slot)
      lines.append("dropped the replication slot '\(session.slot)'")
    }
    let publication = session.publication
    if try session.isTrue(
      "SELECT EXISTS (SELECT FROM pg_publication WHERE pubname = $1)", publication)
    {
      let quoted = session.connection.dialect.quoted(publication)
      try session.connection.execute("DROP PUBLICATION \(quoted)")
      lines.append("dropped the publication '\(publication)'")
    }
    try lake.fileSystem.remove(SlotMemory.path(of: system, in: lake))
    return lines
  }

  private func checkServer() throws(Fault) {
    let place = session.connection.place
    let rows = try session.texts(
      """
      SELECT current_setting('wal_level'), (current_setting('max_replication_slots')::int -
        (SELECT count(*) FROM pg_replication_slots WHERE slot_name <> $1))::text,
        (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user)::text,
        quote_ident(current_user)
      """, session.slot)
    let row = rows.first ?? []
    guard row.first == "logical" else {
      throw Fault(
        .configuration, at: place, "the server's log does not tell of rows",
        remedy: "set wal_level = logical in postgresql.conf and restart the server")
    }
    // One stays; another is there while a snapshot begins.
    guard let free = row[1].flatMap({ Int($0) }), free >= 2 else {
      throw Fault(
        .configuration, at: place, "the server has no room for two more replication slots",
        remedy:
          "raise max_replication_slots and restart the server, or drop slots that nobody reads")
    }
    guard row[2] == "true" else {
      throw Fault(
        .denied, at: place, "the role may not read the log",
        remedy: "have an administrator run 'ALTER ROLE \(row[3] ?? "") REPLICATION'")
    }
  }

  /// What is remembered of the slot; nil where that is nothing, or nothing that can be read.
  private func known() throws(Fault) -> SlotMemory? {
    do throws(Fault) {
      return try SlotMemory.read(of: system, in: lake)
    } catch {
      guard error.kind == .configuration || error.kind == .data else { throw error }
      return nil
    }
  }

  /// The publication, which tells of all `tables` then.
  private func makePublication(
    _ tables: [SourceRelation], _ lines: inout [String]
  ) throws(Fault) -> PublishedTables {
    let quoted = session.connection.dialect.quoted(session.publication)
    let exists = try session.isTrue(
      "SELECT EXISTS (SELECT FROM pg_publication WHERE pubname = $1)", session.publication)
    var missing = tables
    if exists {
      let published = try PublishedTables(session)
      missing = tables.filter { !published.contains($0) }
      if missing.isEmpty { return published }
    }
    let list = missing.map(\.sqlName).joined(separator: ", ")
    let command =
      exists
      ? "ALTER PUBLICATION \(quoted) ADD TABLE \(list)"
      : "CREATE PUBLICATION \(quoted) FOR TABLE \(list) "
        + "WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)"
    do throws(Fault) {
      try session.connection.execute(command)
    } catch {
      guard error.kind == .denied else { throw error }
      var fault = error
      fault.remedy = "have the owner of the tables run: \(command)"
      throw fault
    }
    lines.append(
      "\(exists ? "added to" : "made") the publication '\(session.publication)': \(list)")
    return try PublishedTables(session)
  }

  /// The slot is there then, and what is remembered of it: the same as before where all agrees.
  private func makeSlot(
    _ server: ServerFacts, _ known: SlotMemory?, _ published: PublishedTables,
    _ lines: inout [String]
  ) throws(Fault) -> SlotMemory {
    do throws(Fault) {
      return try SlotCheck(session, known).check(server, published).memory
    } catch {
      guard error.kind == .configuration else { throw error }
    }
    if let slot = try session.slotFacts() {
      try checkIdle(slot)
      _ = try session.texts("SELECT pg_drop_replication_slot($1)::text", session.slot)
    }
    let made = try session.texts(
      "SELECT lsn::text FROM pg_create_logical_replication_slot($1, 'pgoutput')", session.slot)
    guard let position = made.first?.first?.flatMap({ LogPosition(parsing: $0) }) else {
      throw Fault(
        .internal, at: session.connection.place, "a slot without a place in the log",
        remedy: "report it")
    }
    lines.append("made the replication slot '\(session.slot)' at \(position)")
    return SlotMemory(server, publication: published.id, confirmed: position)
  }

  private func checkIdle(_ slot: SlotFacts) throws(Fault) {
    guard let reader = slot.reader else { return }
    throw Fault(
      .temporary, at: session.connection.place,
      "the replication slot '\(session.slot)' is being read by process \(reader)",
      remedy: "run the command again when that is done")
  }

  /// The least that a role must be allowed, as SQL.
  private func grants(_ tables: [SourceRelation]) -> [String] {
    let schemas = tables.map(\.schema).withoutRepeats.map(session.connection.dialect.quoted)
    return [
      "  CREATE ROLE medallion LOGIN REPLICATION;",
      "  GRANT USAGE ON SCHEMA \(schemas.joined(separator: ", ")) TO medallion;",
      "  GRANT SELECT ON \(tables.map(\.sqlName).joined(separator: ", ")) TO medallion;",
    ]
  }
}
