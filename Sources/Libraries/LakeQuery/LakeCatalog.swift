import Bronze
package import Core
package import Delta
package import Engine
package import LakeJobs

// LakeQuery: from names to tables, and queries over them.
//
// `LakeCatalog` resolves the names of a query: Delta tables of the lake, bronze tables, quarantine
// tables, views of the jobs, and files by path (`PathTable`). `QueryRunner` plans and runs,
// `QueryScript` does so for scripts of several statements, `SchemaCatalog` gives schemas alone
// where there is no lake yet.
//
// Begin with `LakeCatalog`. It reads and never writes, and knows no flows.

/// Names to tables of one run: bronze by contract, silver, gold and quarantine by their Delta logs,
/// files by format and path, and whatever the caller lays over them.
///
/// Each Delta table is pinned to the version first seen, so that a run reads one state.
package final class LakeCatalog: Catalog {
  package let lake: Lake
  package let jobs: JobFolder?
  /// Tables by lower-case name that stand before all others.
  package var overlays: [String: any TableProvider] = [:]
  /// Tables of schemas that the lake does not hold (the warehouse's).
  package var foreignTable: (LakeTableName) throws -> (any TableProvider)? = { _ in nil }
  /// Names of such tables, for suggestions.
  package var foreignNames: [String] = []
  /// All such tables, by schema and name.
  package var foreignTables: () throws -> [LakeTableName] = { [] }
  /// What to do about a name that nothing is like.
  package var unknownTableRemedy = "declare it in a job file or in setup.sql"
  /// The schema that a name without one belongs to; nil when there is none.
  package var defaultSchema: String?
  /// Who asks, where rows may depend on it.
  package var currentUser: String?
  /// The state that Delta tables are read at.
  package var moment = Table.Moment.latest
  /// Called with what a reader should know of files asked for by path: how many lines are
  /// malformed.
  package var note: (String) -> Void = { _ in }
  /// Where the running flow's streams stand: tables by name.
  package var streams: [LakeTableName: any TableProvider] = [:]

  private var snapshots: [LakeTableName: Snapshot?] = [:]

  package init(lake: Lake, jobs: JobFolder?) {
    self.lake = lake
    self.jobs = jobs
  }

  /// Runs queries over these tables, with the jobs' views in reach.
  package func runner(_ context: QueryContext) -> QueryRunner {
    QueryRunner(catalog: self, context: context, views: jobs?.viewSyntax ?? [])
  }

  package var tableNames: [String] {
    let declared = jobs?.tableNames.map(\.description) ?? []
    return (declared + overlays.keys + foreignNames).sorted()
  }

  /// The tables that can be asked for: bronze tables by contract, Delta tables that are there,
  /// those laid over them, and the warehouse's.
  package func listedTables() throws -> [TableName] {
    var names = Set(jobs.map { Array($0.contracts.keys) } ?? [])
    for schema in try lake.fileSystem.list(lake.root) where !"_.".contains(schema.prefix(1)) {
      let folder = "\(lake.root)/\(schema)"
      guard try lake.fileSystem.status(of: folder)?.isDirectory == true else { continue }
      for name in try lake.fileSystem.list(folder) where !"_.".contains(name.prefix(1)) {
        if try lake.fileSystem.exists("\(folder)/\(name)/_delta_log") {
          names.insert(LakeTableName(schema: schema, name: name))
        }
      }
    }
    names.formUnion(try foreignTables())
    return names.sorted().map { TableName([$0.schema, $0.name]) }
      + overlays.keys.sorted().map { TableName($0.split(separator: ".").map(String.init)) }
  }

  package func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    if let overlay = overlays[name.description.lowercased()] { return overlay }
    if let path = try pathTable(name, reading) { return path }
    guard let table = LakeTableName(name.description, defaultSchema: defaultSchema) else {
      return nil
    }
    if reading == .stream { return try stream(table, name) }
    if let contract = jobs?.contracts[table] {
      if case .changes = reading { throw Self.unversioned(table) }
      return try bronze(contract, reading)
    }
    if let foreign = try foreignTable(table) {
      guard reading == .whole else { throw Self.unversioned(table) }
      return foreign
    }
    if case .changes(let span) = reading, let latest = try snapshot(of: table) {
      return try ChangesTable(name: "\(table)", span, of: latest)
    }
    if let snapshot = try snapshot(of: table, reading) {
      let found = SnapshotTable(name: "\(table)", snapshot)
      // A version is one of the table's own: its rejects at the door have none.
      if case .version = reading.moment(else: moment) { return found }
      guard let rejects = try rejects(of: table, reading) else { return found }
      return JointQuarantine("\(table)", [rejects, found])
    }
    if reading.isOfChanges, table.schema == "quarantine" { throw Self.unversioned(table) }
    if let rejects = try rejects(of: table, reading) ?? noRejects(of: table) { return rejects }
    if jobs?.datasets[table] != nil { throw Self.unbuilt(table) }
    return nil
  }

  /// That a table of the job files was never built.
  package static func unbuilt(_ table: LakeTableName) -> Fault {
    let tools: [ToolName] =
      switch table.schema {
      case "silver": [.bronzeToSilver]
      case "gold": [.silverToGold]
      default: [.loadDimensions, .loadFacts]
      }
    let calls = tools.map { tools.count == 1 ? "\($0) \(table)" : "\($0)" }
    return Fault(
      .missing, "'\(table)' has not been built yet",
      remedy: "build it first: \(calls.joined(separator: ", "))")
  }

  /// Whether Delta tables are read in a state other than their present one.
  package var isPast: Bool { moment != .latest }

  /// Reads all tables as they were at a version, or at a time up to `now`, from now on. Those that
  /// keep no versions are refused then; bronze tables have a past by time.
  package func read(version: Int64?, time: Timestamp?, now: Timestamp) throws(Fault) {
    if let time, time > now {
      throw Fault(
        .usage, at: Place("--as-of"), "\(time) has not come yet", remedy: "give a time up to \(now)"
      )
    }
    moment = version.map { .version($0) } ?? time.map { .timestamp($0) } ?? .latest
    snapshots = [:]
  }

  /// Whether a name is ``format.`path` ``, of a format that is read or of another.
  func isPath(_ name: TableName) -> Bool {
    guard name.parts.count == 2,
      jobs?.datasets[LakeTableName(schema: name.parts[0], name: name.parts[1])] == nil
    else { return false }
    let word = name.parts[0].lowercased()
    return PathFormat(rawValue: word) != nil || PathFormat.foreign.contains(word)
  }

  /// ``format.`path` ``; nil when the name is none.
  private func pathTable(
    _ name: TableName, _ reading: TableReading
  ) throws -> (any TableProvider)? {
    guard isPath(name) else { return nil }
    let word = name.parts[0].lowercased()
    guard let format = PathFormat(rawValue: word) else { throw PathFormat.unsupported(word) }
    let found = try PathTable(format, path: name.parts[1], lake: lake)
      .provider(reading, at: moment)
    if let words = found.note { note(words) }
    return found.table
  }

  private func bronze(
    _ contract: BronzeContract, _ reading: TableReading
  ) throws -> any TableProvider {
    switch reading.moment(else: moment) {
    case .latest: return try BronzeTable.whole(contract, lake: lake)
    case .version: throw Self.unversioned(contract.name)
    case .timestamp(let time), .timestampInHistory(let time):
      guard let table = try BronzeTable.past(contract, lake: lake, at: time) else {
        throw Fault(
          .usage, "'\(contract.name)' is a folder of files without a log: it has no past",
          remedy: "ask for it as it is now")
      }
      return table
    }
  }

  /// The pinned state of a Delta table; nil when it does not exist.
  package func snapshot(of table: LakeTableName) throws(Fault) -> Snapshot? {
    if let known = snapshots[table] { return known }
    let snapshot = try lake.table(table).snapshot(at: moment)
    snapshots[table] = .some(snapshot)
    return snapshot
  }

  private func snapshot(
    of table: LakeTableName, _ reading: TableReading
  ) throws(Fault) -> Snapshot? {
    switch reading {
    case .version, .instant: try lake.table(table).snapshot(at: reading.moment(else: moment))
    case .whole, .stream, .changes: try snapshot(of: table)
    }
  }

  private func stream(_ table: LakeTableName, _ name: TableName) throws -> (any TableProvider)? {
    if let stream = streams[table] { return stream }
    guard jobs?.contracts[table] != nil else {
      if try snapshot(of: table) == nil { return nil }
      throw Fault(
        .configuration, "'\(name)' cannot be streamed: only bronze tables can",
        remedy: "read it without STREAM in a materialized view")
    }
    return try self.table(name, reading: .whole)
  }

  /// `quarantine.<name>`: what ingestion set aside from `bronze.<name>`.
  private func rejects(
    of table: LakeTableName, _ reading: TableReading
  ) throws -> (any TableProvider)? {
    let source = LakeTableName(schema: "bronze", name: table.name)
    guard table.schema == "quarantine", let contract = jobs?.contracts[source] else { return nil }
    switch reading.moment(else: moment) {
    case .latest: return try BronzeTable.rejected(contract, lake: lake)
    case .version: throw Self.unversioned(table)
    case .timestamp(let time), .timestampInHistory(let time):
      return try BronzeTable.rejected(contract, lake: lake, at: time)
    }
  }

  /// `quarantine.<name>` of a dataset of which nothing was ever set aside.
  private func noRejects(of table: LakeTableName) -> (any TableProvider)? {
    guard table.schema == "quarantine", let jobs else { return nil }
    let isKnown = jobs.datasets.values.contains { dataset in
      Quarantine.name(of: dataset.name) == table && dataset.maySetAside
    }
    return isKnown ? BatchTable("\(table)", Quarantine.schema, []) : nil
  }

  private static func unversioned(_ table: LakeTableName) -> Fault {
    Fault(
      .usage, "'\(table)' has no versions", remedy: "give a time, or select by ingest_date")
  }
}
