import Bronze
import Columnar
import Core
import Delta
import Engine
import Governance
import Ingest
import JSON
import LakeJobs
import LakeQuery
import Lakehouse
import Refresh
import TableKeys
import TestSupport
import Testing

/// A lake with one bronze table of changes and one streaming table that they are folded into.
private struct ChangeLake {
  let folder = Workdir()
  private let flow: String
  var fileSystem: any FileSystem = LocalFileSystem()
  var memoryLimit = 512 << 20
  var threadCount = 1

  /// `partitions` names the column that the target is partitioned by.
  init(scd type: Int = 1, partitions: String? = nil) throws {
    flow = "SCD TYPE \(type)"
    try folder.write(
      "jobs/spark-pipeline.yml", "name: changes\nlibraries:\n  - glob: {include: silver/**}\n")
    try folder.write(
      "jobs/setup.sql",
      """
      CREATE SCHEMA IF NOT EXISTS bronze;
      CREATE TABLE bronze.changes (id STRING, part STRING, seq BIGINT, value STRING, op STRING)
        USING json LOCATION 'changes';
      """)
    let properties = partitions.map { " TBLPROPERTIES ('partition.by' = '\($0)')" } ?? ""
    try folder.write(
      "jobs/silver/state.sql",
      """
      CREATE STREAMING TABLE silver.state\(properties);

      CREATE FLOW state_flow AS AUTO CDC INTO silver.state FROM STREAM(bronze.changes)
      KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY seq COLUMNS * EXCEPT (op)
      STORED AS \(flow);
      """)
  }

  private var workspace: Workspace {
    get throws {
      try Workspace(
        lake: Lake(
          root: folder.file("lake"), fileSystem: fileSystem,
          clock: Clock(now: Timestamp(microseconds: 1_772_344_800_000_000)),
          runID: RunID(naming: "changes")),
        jobsFolder: folder.file("jobs"))
    }
  }

  /// Adds a bronze file of changes for each of `files`.
  func add(_ files: [[Change]]) throws {
    let lake = try workspace.lake
    let contract = try #require(
      try workspace.jobs.contracts[LakeTableName(schema: "bronze", name: "changes")])
    let log = BronzeLog(folder: contract.folder, fileSystem: LocalFileSystem())
    let latest = try log.latest()
    var entries: [JSONValue] = []
    for (number, changes) in files.enumerated() {
      let name = "changes-\((latest?.endFile ?? 0) + Int64(number)).ndjson"
      try LocalFileSystem().replace(
        "\(contract.folder)/\(name)", changes.flatMap { [UInt8]($0.line.utf8) })
      entries.append([
        "path": .string(name), "rows": JSONValue(changes.count), "bytes": 0, "sha256": "",
      ])
    }
    let commit = try #require(
      BronzeCommit(
        [
          "version": JSONValue((latest?.version ?? -1) + 1),
          "committed_at": .string("\(lake.clock.now)"), "run_id": "r", "tool": "t",
          "first_file": JSONValue(latest?.endFile ?? 0), "files": .array(entries),
          "rejected": .array([]), "inputs": .array([]), "state": .null,
        ]))
    #expect(try log.append(commit))
  }

  /// Takes in what is new.
  @discardableResult
  func refresh(isFull: Bool = false) throws -> [CommitReport] {
    let workspace = try workspace
    let run = LayerRun(
      workspace, schema: "silver",
      context: QueryContext(
        clock: workspace.lake.clock, memoryLimit: memoryLimit, threadCount: threadCount,
        spillDirectory: folder.file("spill")), isFullRefresh: isFull)
    var reports: [CommitReport] = []
    for dataset in try run.choice.datasets(named: []) {
      try run.refresh(dataset) { reports.append($0) }
    }
    return reports
  }

  var table: Table {
    get throws { Table(folder.file("lake/silver/state"), LocalFileSystem()) }
  }

  /// The rows of the target, sorted.
  func rows() throws -> [String] {
    guard let snapshot = try table.snapshot() else { return [] }
    var rows: [String] = []
    for source in try snapshot.scan().sources() {
      while let batch = try source.next() {
        rows += (0..<batch.rowCount).map { row in
          batch.columns.map { "\($0.scalar(at: row))" }.joined(separator: " ")
        }
      }
    }
    return rows.sorted()
  }

  /// The data files of the target, by path.
  func files() throws -> [String] { try #require(try table.snapshot()).files.map(\.path).sorted() }
}

/// One change.
private struct Change: Hashable {
  var id: String
  var part: String
  var seq: Int
  var value: String
  var isDelete = false

  var line: String {
    #"{"id":"\#(id)","part":"\#(part)","seq":\#(seq),"value":"\#(value)","#
      + #""op":"\#(isDelete ? "d" : "u")"}"# + "\n"
  }

  /// Changes of few keys or many, some sent twice, some late, some deletes.
  static func random(
    _ count: Int, keys: Int, deletes: Double, using random: inout SeededRandom
  ) -> [Change] {
    var changes: [Change] = []
    for number in 0..<count {
      if let old = changes.randomElement(using: &random), Int.random(in: 0..<10, using: &random) < 2
      {
        changes.append(Bool.random(using: &random) ? changes[changes.count - 1] : old)
        continue
      }
      let key = Int.random(in: 0..<keys, using: &random)
      changes.append(
        Change(
          id: "k\(key)", part: "p\(Int.random(in: 0..<4, using: &random))",
          seq: number / 4 + Int.random(in: 0..<6, using: &random),
          value: "v\(Int.random(in: 0..<3, using: &random))",
          isDelete: Double.random(in: 0..<1, using: &random) < deletes))
    }
    return changes
  }
}

/// AUTO CDC into SCD 1 as one would write it down: a row and a remembered delete a key.
private struct PlainFold {
  private var rows: [String: Change] = [:]
  private var deletes: [String: Int] = [:]

  mutating func take(_ pull: [Change]) {
    var latest: [String: Change] = [:]
    for change in pull where latest[change.id].map({ change.seq >= $0.seq }) ?? true {
      latest[change.id] = change
    }
    for (id, change) in latest {
      if let deleted = deletes[id],
        change.seq < deleted || change.seq == deleted && !change.isDelete
      {
        continue
      }
      if let row = rows[id], change.seq < row.seq { continue }
      rows[id] = change.isDelete ? nil : change
      if change.isDelete { deletes[id] = change.seq }
    }
  }

  var texts: [String] {
    rows.values.map { row in
      [
        Scalar.string(row.id), .string(row.part), .integer(Int64(row.seq)), .string(row.value),
      ].map { "\($0)" }.joined(separator: " ")
    }.sorted()
  }
}

@Suite struct ChangeStreamTests {
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `a stream of changes is folded as if all were seen at once`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var lake = try ChangeLake(partitions: Bool.random(using: &random) ? "part" : nil)
    lake.memoryLimit = [1 << 10, 300 << 10, 8 << 20].randomElement(using: &random) ?? 0
    lake.threadCount = Int.random(in: 1...2, using: &random)
    var plain = PlainFold()
    let keys = [5, 300, 4_000].randomElement(using: &random) ?? 5
    let deletes = ([0, 0.01, 0.3] as [Double]).randomElement(using: &random) ?? 0
    for pull in 0..<4 {
      let changes = Change.random(
        Int.random(in: 1...900, using: &random), keys: keys, deletes: deletes, using: &random)
      let cut = Int.random(in: 0...changes.count, using: &random)
      try lake.add([Array(changes[..<cut]), Array(changes[cut...])])
      try lake.refresh()
      plain.take(changes)
      #expect(try lake.rows() == plain.texts, "seed \(seed), pull \(pull)")
    }
  }

  @Test(arguments: [1 << 10, 1 << 19, 1 << 29], [1, 2])
  func `memory and threads change no row and no version`(limit: Int, threads: Int) throws {
    for type in [1, 2] {
      var random = SeededRandom(7)
      let pulls = (0..<3).map { _ in
        Change.random(700, keys: 200, deletes: 0.1, using: &random)
      }
      var wanted = try ChangeLake(scd: type, partitions: "part")
      var lake = try ChangeLake(scd: type, partitions: "part")
      lake.memoryLimit = limit
      lake.threadCount = threads
      wanted.threadCount = 1
      for pull in pulls {
        try wanted.add([pull])
        try wanted.refresh()
        try lake.add([pull])
        try lake.refresh()
        #expect(try lake.rows() == wanted.rows())
      }
      try lake.refresh(isFull: true)
      let once = try lake.files()
      try lake.refresh(isFull: true)
      #expect(try lake.files() == once)
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `a full refresh comes to the same rows in one commit`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var lake = try ChangeLake(partitions: "part")
    lake.memoryLimit = seed.isMultiple(of: 2) ? 1 << 10 : 1 << 20
    lake.threadCount = 2
    let pulls = (0..<3).map { _ in
      Change.random(400, keys: 3_000, deletes: 0.02, using: &random)
    }
    for pull in pulls {
      try lake.add([pull])
      try lake.refresh()
    }
    let version = try #require(try lake.table.snapshot()).version
    let reports = try lake.refresh(isFull: true)
    var plain = PlainFold()
    plain.take(pulls.flatMap { $0 })
    #expect(try lake.rows() == plain.texts, "seed \(seed)")
    #expect(try #require(try lake.table.snapshot()).version == version + 1)
    #expect(reports.map(\.change.inserted) == [plain.texts.count])
  }

  @Test func `what was written is counted once, however it was written`() throws {
    let first = (0..<50).map { Change(id: "k\($0)", part: "p", seq: 1, value: "a") }
    let again = (0..<20).map { Change(id: "k\($0)", part: "p", seq: 2, value: "b") }
    let gone = (40..<50).map { Change(id: "k\($0)", part: "p", seq: 2, value: "", isDelete: true) }
    for limit in [1 << 10, 1 << 29] {
      var lake = try ChangeLake()
      lake.memoryLimit = limit
      try lake.add([first + again + gone + first])
      let changes = try lake.refresh().map(\.change)
      #expect(changes.map(\.inserted) == [40])
      #expect(changes.map(\.updated) == [0])
      #expect(changes.map(\.deleted) == [0])
      try lake.add([first + (0..<3).map { Change(id: "k\($0)", part: "q", seq: 3, value: "c") }])
      let more = try lake.refresh().map(\.change)
      #expect(more.map(\.inserted) == [0])
      #expect(more.map(\.updated) == [3])
    }
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `a crash at sampled steps leaves the state before or after, and the next run heals it`(
    mode: FaultyFileSystem.Mode
  ) throws {
    var random = SeededRandom(3)
    let pulls = (0..<2).map { _ in Change.random(60, keys: 40, deletes: 0.1, using: &random) }
    func prepared() throws -> ChangeLake {
      var lake = try ChangeLake(partitions: "part")
      lake.memoryLimit = 1 << 10
      try lake.add([pulls[0]])
      try lake.refresh()
      return lake
    }
    var whole = try prepared()
    let before = try whole.rows()
    try whole.add([pulls[1]])
    let counting = FaultyFileSystem()
    whole.fileSystem = counting
    try whole.refresh()
    var plain = PlainFold()
    plain.take(pulls[0])
    plain.take(pulls[1])
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "a fold")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 5) {
      var lake = try prepared()
      try lake.add([pulls[1]])
      lake.fileSystem = FaultyFileSystem(faultAt: step, mode)
      _ = try? lake.refresh()
      let after = try lake.rows()
      #expect(after == before || after == plain.texts, "step \(step)")
      lake.fileSystem = LocalFileSystem()
      try lake.refresh()
      #expect(try lake.rows() == plain.texts, "step \(step)")
    }
  }
}
