import Bronze
import Columnar
import Core
import Engine
import JSON
import LakeJobs
import LakeQuery
import Parquet
import Refresh

/// A scratch lake that takes the events of another one in another order: the rows of its bronze
/// tables are dealt out to some commits at random, and within each file shuffled. The other lake is
/// only read.
struct ShuffledLake {
  /// Where the scratch lake is, with the job files of the other one.
  let workspace: Workspace

  private let source: Workspace
  private let context: QueryContext
  private let cutCount: Int

  /// A lake in the folder `scratch`, which is made for it alone.
  init(of source: Workspace, in scratch: String, cutCount: Int, _ context: QueryContext) throws {
    self.source = source
    self.context = context
    self.cutCount = cutCount
    workspace = try Workspace(
      lake: Lake(
        root: "\(scratch)/lake", fileSystem: source.lake.fileSystem, clock: source.lake.clock,
        runID: source.lake.runID), jobsFolder: source.jobs.path)
  }

  /// Takes the rows of `tables` in pieces; after each `refresh` brings up to date what is made of
  /// them. `random` is nil for the order in which they came.
  func take(
    _ tables: [LakeTableName], _ random: inout RandomOrder?, _ refresh: (Workspace) throws -> Void
  ) throws {
    var pieces: [[Piece]] = Array(repeating: [], count: cutCount)
    for table in tables {
      for (cut, piece) in try self.pieces(of: table, &random) { pieces[cut].append(piece) }
    }
    for cut in pieces where !cut.isEmpty {
      for (table, files) in Dictionary(grouping: cut, by: \.table).sorted(by: { $0.key < $1.key }) {
        try append(files, to: table)
      }
      try refresh(workspace)
    }
  }

  /// Rows that one file of the scratch lake holds.
  private struct Piece {
    var table: LakeTableName
    var folder: String
    var rows: Rows
  }

  private enum Rows {
    case text(header: String?, [String])
    case columns(Batch)
  }

  /// What rows of one file may have in common: its folder, its header, what it does not give.
  private struct Likeness: Hashable {
    var folder: String
    var file: String
    var absent: String
  }

  private func pieces(
    of name: LakeTableName, _ random: inout RandomOrder?
  ) throws -> [(cut: Int, Piece)] {
    guard let contract = source.jobs.contracts[name] else { return [] }
    let table = try BronzeTable(contract, lake: source.lake)
    let isText = contract.format != "parquet"
    let own = contract.schema.names.filter { !contract.partitionColumns.contains($0) }
    guard let all = try rows(of: name) else { return [] }
    var groups: [Likeness: [Int32]] = [:]
    for row in 0..<all.rowCount {
      func text(_ column: String) -> String {
        if case .string(let text)? = all.column(column)?.scalar(at: row) { text } else { "" }
      }
      let file = text(BronzeTable.Provenance.file)
      let likeness = Likeness(
        folder: Self.folder(of: file), file: isText && contract.format == "csv" ? file : "",
        absent: isText ? "" : text(BronzeTable.Provenance.absent.name))
      groups[likeness, default: []].append(Int32(row))
    }
    var pieces: [(cut: Int, Piece)] = []
    for (likeness, rows) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      var cuts: [[Int32]] = Array(repeating: [], count: cutCount)
      for row in random?.shuffled(rows) ?? rows {
        cuts[random?.number(below: cutCount) ?? 0].append(row)
      }
      let first = table.files.first { $0.name == likeness.file }
      for (cut, rows) in cuts.enumerated() where !rows.isEmpty {
        let part = all.taking(rows).compacted()
        let made =
          isText
          ? Rows.text(
            header: try first.flatMap { try table.reader.header(of: $0) }, Self.texts(of: part))
          : Rows.columns(Self.given(part, own, likeness.absent))
        pieces.append((cut, Piece(table: name, folder: likeness.folder, rows: made)))
      }
    }
    return random?.shuffled(pieces) ?? pieces
  }

  /// All rows of a bronze table, and where they stand; nil when there are none.
  private func rows(of name: LakeTableName) throws -> Batch? {
    let runner = LakeCatalog(lake: source.lake, jobs: source.jobs).runner(context)
    let plan = try runner.plan(sql: "SELECT * FROM \(name)", name: "selftest")
    guard let carried = plan.carrying(hidden: BronzeTable.Provenance.all)?.plan else { return nil }
    let rows = try runner.run(carried)
    var batches: [Batch] = []
    while let batch = try rows.next() { batches.append(batch.compacted()) }
    return batches.isEmpty ? nil : try Batch.concatenating(rows.schema, batches)
  }

  /// The folder that says a row's partition: `ingest_date=2026-03-01/`, or nothing.
  private static func folder(of file: String) -> String {
    file.split(separator: "/").dropLast().filter { $0.contains("=") }.map { $0 + "/" }.joined()
  }

  private static func texts(of part: Batch) -> [String] {
    let raw = part.column(BronzeTable.Provenance.raw)
    return (0..<part.rowCount).map { row in
      if case .string(let text)? = raw?.scalar(at: row) { text } else { "" }
    }
  }

  private static func given(_ part: Batch, _ own: [String], _ absent: String) -> Batch {
    let absent = Set(AbsentNames.names(in: absent))
    return part.selecting(
      own.filter { !absent.contains($0) }.compactMap { part.schema.index(of: $0) })
  }

  // MARK: Writing

  private func append(_ pieces: [Piece], to name: LakeTableName) throws {
    guard let contract = workspace.jobs.contracts[name] else { return }
    guard contract.folder.hasPrefix("\(workspace.lake.root)/") else {
      throw Fault(
        .configuration, at: contract.place, "'\(name)' lies outside the lake",
        remedy: "give it a LOCATION in the lake to have it tried in another order")
    }
    let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    let latest = try log.latest()
    let first = latest?.endFile ?? 0
    var files: [JSONValue] = []
    for (number, piece) in pieces.enumerated() {
      let path = "\(piece.folder)piece-\(first + Int64(number)).\(contract.format)"
      try workspace.lake.fileSystem.createDirectory("\(contract.folder)/\(piece.folder)")
      let rowCount = try write(piece, to: "\(contract.folder)/\(path)")
      files.append([
        "path": .string(path), "rows": JSONValue(rowCount), "bytes": 0, "sha256": "",
      ])
    }
    let commit = BronzeCommit(
      [
        "version": JSONValue((latest?.version ?? -1) + 1),
        "committed_at": .string("\(workspace.lake.clock.now)"),
        "run_id": .string("\(workspace.lake.runID)"), "tool": "load-dims",
        "first_file": JSONValue(first), "files": .array(files),
        "rejected": .array([]), "inputs": .array([]), "state": .null,
      ])
    guard let commit, try log.append(commit) else {
      throw Fault(
        .internal, at: contract.place, "the scratch lake took no commit", remedy: "report it")
    }
  }

  /// Gives the number of rows.
  private func write(_ piece: Piece, to path: String) throws -> Int {
    let files = workspace.lake.fileSystem
    switch piece.rows {
    case .text(let header, let texts):
      let lines = (header.map { [$0] } ?? []) + texts
      try files.replace(path, lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] })
      return texts.count
    case .columns(let batch):
      let draft = try files.draft(path, replacing: false)
      let writer = try FileWriter(draft, schema: batch.schema)
      try writer.append(batch)
      _ = try writer.finish()
      _ = try draft.publish()
      return batch.rowCount
    }
  }
}

/// Random order from a seed (SplitMix64).
struct RandomOrder: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    elements.shuffled(using: &self)
  }

  mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
