import Access
import Columnar
import Core
import Engine
import Ingest
import LakeJobs
import LakeQuery
import LakeSupport
import Lakehouse
import TestSupport
import Testing

/// The leak test finds nothing where a policy holds, and each kind of leak where it does not.
@Suite struct LeakTestTests {
  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE TABLE bronze.people (id STRING, store STRING, email STRING, note STRING)
        USING json LOCATION 'till/people';
        """,
      jobs: [
        "silver/people.sql": """
        CREATE STREAMING TABLE silver.people
        TBLPROPERTIES ('partition.by' = 'store', 'delta.enableChangeDataFeed' = 'true') AS
        SELECT id, store, email, note FROM STREAM(bronze.people);
        """,
        "labels.yml": """
        tables:
          bronze.people: {id: none, store: none, email: email, note: free_text}
        """,
        "access.yml": """
        roles:
          analyst: {}
          manager: {}
          nobody: {}
        masks: {email: hash}
        grants:
          - {to: analyst, on: '*.people', mask: 'label:email'}
          - to: manager
            on: silver.people
            show: [id, store, 'label:email']
            rows: store = 'north'
            purpose: to call people
        """,
      ])
    let people = [
      "north|ada@example.com|likes apples", "north|bob@example.org|never called back",
      "south|eve@example.net|moved to Berlin", "south|dan@example.com|likes pears",
    ]
    for (index, person) in people.enumerated() {
      let parts = person.split(separator: "|")
      let line =
        #"{"id":"\#(index)","store":"\#(parts[0])","email":"\#(parts[1])","note":"\#(parts[2])"}"#
      let file = try lake.folder.write("in/\(index).json", "\(line)\n")
      _ = try lake.eventIngest(into: "people", requiring: []).take([.file(file)])
      try lake.refresh()
    }
  }

  private func sight(_ role: String) throws -> RoleSight {
    let workspace = try lake.workspace()
    return try RoleSight(
      role, account: "tester", key: [1, 2, 3], workspace,
      try LabelBook(try BoundJobs(workspace), of: workspace.jobs))
  }

  @Test(arguments: ["analyst", "manager", "nobody"])
  func `nothing leaks where the policy holds`(role: String) throws {
    let outcomes = try sight(role).leakTest(of: try lake.catalog(), lake.context()).outcomes()
    #expect(outcomes.map { "\($0.table)" } == ["bronze.people", "silver.people"])
    for outcome in outcomes {
      #expect(outcome.leaks.isEmpty, "\(role): \(outcome.leaks)")
      #expect(outcome.questionCount > 20 && !outcome.isTooLarge)
    }
  }

  /// A way to lead something past the guard, and the routes on which it has to be found.
  enum Plant: String, CaseIterable {
    case wholeTable, pastVersions, changes, unmasked, digest, moreRows, paths, hiddenNames
    case conditionsBelow, statistics, faults, deniedTable, fewerRows

    /// Whose way it is.
    var role: String {
      switch self {
      case .deniedTable: "nobody"
      case .wholeTable, .statistics: "manager"
      default: "analyst"
      }
    }

    var routes: Set<String> {
      switch self {
      case .wholeTable: ["SELECT", "count", "comparison", "raise_error", "aggregate", "cast error"]
      case .pastVersions, .changes: ["SELECT"]
      case .unmasked, .digest: ["SELECT", "DISTINCT"]
      case .moreRows, .fewerRows: ["count"]
      case .paths: ["path"]
      case .hiddenNames: ["hidden column", "suggestion"]
      case .conditionsBelow: ["comparison"]
      case .statistics: ["files that are read"]
      case .faults: ["SELECT"]
      case .deniedTable: ["denied"]
      }
    }
  }

  @Test(arguments: Plant.allCases)
  func `a leak of each kind is found`(plant: Plant) throws {
    let tables = try lake.catalog()
    let role = plant.role
    let sight = try sight(role)
    let leaky = LeakyCatalog(sight.catalog(over: tables, lake.context()), tables, plant)
    let test = LeakTest(of: leaky, against: try lake.catalog(), lake.context()) {
      try sight.access(to: $0, $1)
    }
    let name = try #require(LakeTableName("silver.people"))
    let leaks = try test.outcome(of: name).leaks
    let routes = Set(leaks.map { String($0.route.prefix { $0 != "(" }.dropLast()) })
    #expect(plant.routes.isSubset(of: routes), "\(plant): \(routes.sorted())")
    // What is told of a leak is no leak itself.
    #expect(!leaks.contains { "\($0)".contains("@example") })
  }
}

/// Tables as a role may see them, but for one leak.
private final class LeakyCatalog: Catalog {
  private let seen: GuardedCatalog
  private let all: LakeCatalog
  private let plant: LeakTestTests.Plant

  init(_ seen: GuardedCatalog, _ all: LakeCatalog, _ plant: LeakTestTests.Plant) {
    self.seen = seen
    self.all = all
    self.plant = plant
  }

  var tableNames: [String] { seen.tableNames }

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    let isPath = name.parts[0].lowercased() == "delta"
    let whole = { try self.all.table(name, reading: reading) }
    switch plant {
    case .paths where isPath: return try whole()
    case .wholeTable where !isPath, .deniedTable where !isPath: return try whole()
    case .pastVersions:
      if case .version = reading { return try whole() }
    case .changes where reading.isOfChanges: return try whole()
    case .unmasked, .digest, .moreRows, .fewerRows, .hiddenNames, .conditionsBelow, .statistics,
      .faults:
      guard !isPath, let guarded = try seen.table(name, reading: reading), let base = try whole()
      else { break }
      return LeakyTable(guarded: guarded, base: base, plant: plant)
    default: break
    }
    return try seen.table(name, reading: reading)
  }
}

private struct LeakyTable: TableProvider {
  let guarded: any TableProvider
  let base: any TableProvider
  let plant: LeakTestTests.Plant

  var name: String { guarded.name }

  var schema: Schema {
    plant == .hiddenNames
      ? Schema(guarded.schema.fields + [Field("note", .string)]) : guarded.schema
  }

  func summary(of request: ScanRequest) throws -> ScanSummary? {
    plant == .statistics ? try base.summary(of: request) : nil
  }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    if plant == .hiddenNames, request.columns.contains("note") { return try base.scan(request) }
    let sources = try guarded.scan(request)
    switch plant {
    case .unmasked: return try base.scan(ScanRequest(columns: request.columns))
    case .digest:
      let bare = BatchTable("bare", guarded.schema, try batches(base, guarded.schema.names))
      let items = request.columns.map { $0 == "email" ? "md5(email) AS email" : $0 }
      return [
        try QueryRunner(
          catalog: NamedTables([bare]), context: QueryContext(clock: .ofTests)
        ).run(
          try QueryRunner(catalog: NamedTables([bare]), context: QueryContext(clock: .ofTests))
            .plan(sql: "SELECT \(items.joined(separator: ", ")) FROM bare", name: "bare"))
      ]
    case .moreRows: return sources + (try guarded.scan(request))
    case .fewerRows: return []
    // A value that stands behind a mask decides which files are read, or whether something fails.
    case .conditionsBelow:
      let isMet = request.predicates.contains { $0.column == "email" }
      return isMet ? try base.scan(request) : sources
    case .faults: throw Fault(.data, "'eve@example.net' is no number", remedy: "mend it")
    default: return sources
    }
  }

  private func batches(_ table: any TableProvider, _ columns: [String]) throws -> [Batch] {
    var batches: [Batch] = []
    for source in try table.scan(ScanRequest(columns: columns)) {
      while let batch = try source.next() { batches.append(batch) }
    }
    return batches
  }
}
