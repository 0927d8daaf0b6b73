package import Columnar
import Core
package import Engine

/// A bronze dataset as a table: the files its log names, or from some position on (`STREAM`).
///
/// Hidden columns tell where a row came from: `_raw` its text, `_source_file`, `_source_line`.
package struct BronzeTable: TableProvider {
  /// The hidden columns.
  package enum Provenance {
    package static let raw = "_raw"
    package static let file = "_source_file"
    package static let line = "_source_line"
    package static let fields = [
      Field(raw, .string), Field(file, .string), Field(line, .bigint),
    ]
  }

  package let contract: BronzeContract
  /// The files of this reading, oldest first.
  package private(set) var files: [RawFile]
  /// A reader that has consumed these files stands here.
  package let endPosition: Int64
  private let lake: Lake

  package var name: String { "\(contract.name)" }
  package var schema: Schema { contract.schema }
  package var hiddenColumns: [Field] { Provenance.fields }
  package var estimatedRowCount: Int? { files.reduce(0) { $0 + ($1.rowCount ?? 0) } }

  /// The dataset's files from `position` on, at most about `rowLimit` rows of them (one file at
  /// least); a folder without a log is read as it lies and cannot be streamed.
  package init(
    _ contract: BronzeContract, lake: Lake, from position: Int64 = 0, rowLimit: Int? = nil
  ) throws {
    let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
    try self.init(contract, log, lake: lake, from: position, rowLimit: rowLimit)
  }

  /// The lines of the dataset that `flow` is to bring into `table` once more, from `position` on.
  init(
    replaying contract: BronzeContract, by flow: String, into table: LakeTableName, lake: Lake,
    from position: Int64
  ) throws {
    let log = ReplayLog(of: table, lake).log
    try self.init(contract, log, lake: lake, from: position, rowLimit: nil)
    files = files.map { file in
      var file = file
      file.replayed = RawFile.Replayed(table: contract.name, flow: flow)
      return file
    }
  }

  private init(
    _ contract: BronzeContract, _ log: BronzeLog, lake: Lake, from position: Int64, rowLimit: Int?
  ) throws {
    self.contract = contract
    self.lake = lake
    var files: [RawFile] = []
    var end = position
    var rowCount = 0
    for commit in try log.commits(fromFile: position) {
      for (index, file) in commit.files.enumerated() {
        guard commit.firstFile + Int64(index) >= position else { continue }
        if let rowLimit, !files.isEmpty, rowCount + file.rowCount > rowLimit { break }
        guard end == max(position, commit.firstFile + Int64(index)) else { break }
        files.append(
          RawFile(
            path: "\(log.folder)/\(file.path)",
            name: Self.name(of: contract, in: lake) + file.path, rowCount: file.rowCount,
            partition: RawFile.partition(of: file.path)))
        rowCount += file.rowCount
        end = commit.firstFile + Int64(index) + 1
      }
    }
    self.files = files
    endPosition = end
  }

  /// Files that ingestion set aside, as a table of their own.
  package static func rejected(
    _ contract: BronzeContract, lake: Lake
  ) throws -> any TableProvider {
    let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
    let files = try log.commits().flatMap(\.rejected).map { file in
      RawFile(
        path: "\(contract.folder)/\(file.path)", name: file.path, rowCount: file.rowCount,
        partition: [:])
    }
    return RawFiles(
      name: "quarantine.\(contract.name.name)", files: files,
      reader: RawFileReader(
        fileSystem: lake.fileSystem, schema: Quarantine.schema, format: "json", options: [:],
        partitionColumns: [], maximumLineLength: RawFileReader.quotingLineLength))
  }

  /// Whether a row's file, as `_source_file` names it, is one of this dataset.
  static func contract(_ contract: BronzeContract, mayHold file: String, in lake: Lake) -> Bool {
    file.hasPrefix(name(of: contract, in: lake))
  }

  /// The dataset's folder in the lake, with a slash behind it.
  private static func name(of contract: BronzeContract, in lake: Lake) -> String {
    let folder = contract.folder
    let root = "\(lake.root)/"
    return (folder.hasPrefix(root) ? String(folder.dropFirst(root.count)) : folder) + "/"
  }

  /// All rows: by the log, or where there is none the files as they lie.
  package static func whole(_ contract: BronzeContract, lake: Lake) throws -> any TableProvider {
    let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
    if try log.exists() { return try BronzeTable(contract, lake: lake) }
    guard try lake.fileSystem.exists(contract.folder) else {
      return RawFiles(name: "\(contract.name)", files: [], reader: reader(contract, lake))
    }
    return RawFiles(
      name: "\(contract.name)",
      files: try RawFile.all(in: contract.folder, lake.fileSystem),
      reader: reader(contract, lake))
  }

  private static func reader(_ contract: BronzeContract, _ lake: Lake) -> RawFileReader {
    RawFileReader(
      fileSystem: lake.fileSystem, schema: contract.schema, format: contract.format,
      options: contract.options, partitionColumns: contract.partitionColumns)
  }

  /// What each file of replays asks for.
  func replayRequests() throws -> [(file: RawFile, requests: any BatchSource)] {
    try files.map { ($0, try reader.requests(of: $0)) }
  }

  /// Reads the dataset's files.
  var reader: RawFileReader { Self.reader(contract, lake) }

  /// A source a file.
  package func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let reader = reader
    let wanted = files.filter { file in
      request.predicates.allSatisfy { reader.mayHold($0, in: file) }
    }
    return wanted.map { file in
      LazySource(reader.outputSchema(request.columns)) {
        try reader.rows(of: file, columns: request.columns, predicates: request.predicates)
      }
    }
  }
}

/// A file of raw rows and the values its folder names give.
package struct RawFile: Sendable {
  package var path: String
  /// What messages and quarantine call it.
  package var name: String
  package var rowCount: Int?
  /// Partition values by column, from `column=value` folders.
  package var partition: [String: String]
  /// Which of the lines that the file asks to be read once more are meant; nil when it holds lines.
  var replayed: Replayed?

  /// Lines of a bronze table, for a flow.
  struct Replayed: Sendable {
    let table: LakeTableName
    let flow: String

    /// The rows of `batch`, of `ReplayLog.schema`, that ask for them.
    func requests(in batch: Batch) -> [Int] {
      guard let tables = batch.column("bronze"), let flows = batch.column("flow") else { return [] }
      let name = Scalar.string("\(table)")
      return (0..<batch.rowCount).filter { row in
        guard tables.scalar(at: row) == name else { return false }
        // Requests of earlier versions are of tables of which one flow reads the lines.
        let flow = flows.scalar(at: row)
        return flow.isNull || flow == .string(self.flow)
      }
    }
  }

  package init(path: String, name: String, rowCount: Int?, partition: [String: String]) {
    self.path = path
    self.name = name
    self.rowCount = rowCount
    self.partition = partition
  }

  /// The values that the folders of `path` spell.
  package static func partition(of path: String) -> [String: String] {
    var values: [String: String] = [:]
    for part in path.split(separator: "/").dropLast() {
      let sides = part.split(separator: "=", maxSplits: 1)
      if sides.count == 2 { values[String(sides[0])] = String(sides[1]) }
    }
    return values
  }
}

/// A source that is opened when its first batch is asked for.
package final class LazySource: BatchSource {
  package let schema: Schema
  private var open: (() throws -> any BatchSource)?
  private var source: (any BatchSource)?

  package init(_ schema: Schema, _ open: @escaping () throws -> any BatchSource) {
    self.schema = schema
    self.open = open
  }

  package func next() throws -> Batch? {
    if let open {
      source = try open()
      self.open = nil
    }
    return try source?.next()
  }
}
