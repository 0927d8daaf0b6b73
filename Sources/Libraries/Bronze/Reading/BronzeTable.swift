package import Columnar
package import Core
package import Engine
package import LakeJobs

/// A bronze dataset as a table: the files its log names, or from some position on (`STREAM`).
///
/// Hidden columns tell where a row came from: `_raw` its text, `_source_file`, `_source_line`; and
/// `_absent` what its file does not say.
package struct BronzeTable: TableProvider {
  /// The hidden columns.
  package enum Provenance {
    package static let raw = "_raw"
    package static let file = "_source_file"
    package static let line = "_source_line"
    package static let fields = [
      Field(raw, .string), Field(file, .string), Field(line, .bigint),
    ]
    /// The declared columns that the row's file lacks, as `AbsentNames` spells them; NULL where it
    /// has all, or has no columns of its own, as lines have none.
    package static let absent = Field("_absent", .string)
    /// All hidden columns.
    package static let all = fields + [absent]
  }

  package let contract: BronzeContract
  /// The files of this reading, oldest first.
  package private(set) var files: [RawFile]
  /// A reader that has consumed these files stands here.
  package let endPosition: Int64
  /// Which file a reader took last that stands at the beginning of this reading, and at its end;
  /// nil at the beginning of the log, and where the log does not reach so far.
  package let startIdentity: String?
  package let endIdentity: String?
  private let lake: Lake

  package var name: String { "\(contract.name)" }
  package var schema: Schema { contract.schema }
  package var hiddenColumns: [Field] { Provenance.all }
  package var estimatedRowCount: Int? { files.reduce(0) { $0 + ($1.rowCount ?? 0) } }

  /// The dataset as it was at `time`: the files of the commits made by then.
  private init(_ contract: BronzeContract, lake: Lake, at time: Timestamp) throws {
    let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
    let later = try log.commits().first { $0.committedAt > time }
    try self.init(contract, lake: lake)
    guard let later else { return }
    // Each file is one step of the position.
    files = Array(files.prefix(Int(later.firstFile)))
  }

  /// The dataset's files from `position` on, at most about `rowLimit` rows of them (one file at
  /// least); a folder without a log is read as it lies and cannot be streamed.
  package init(
    _ contract: BronzeContract, lake: Lake, from position: Int64 = 0, until end: Int64 = .max,
    rowLimit: Int? = nil
  ) throws {
    let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
    try self.init(contract, log, lake: lake, from: position, until: end, rowLimit: rowLimit)
  }

  /// The lines of the dataset that `flow` is to bring into `table` once more, from `position` on.
  package init(
    replaying contract: BronzeContract, by flow: String, into table: LakeTableName, lake: Lake,
    from position: Int64, until end: Int64 = .max
  ) throws {
    let log = ReplayLog(of: table, lake).log
    try self.init(contract, log, lake: lake, from: position, until: end, rowLimit: nil)
    files = files.map { file in
      var file = file
      file.replayed = ReplayFilter(table: contract.name, flow: flow)
      return file
    }
  }

  private init(
    _ contract: BronzeContract, _ log: BronzeLog, lake: Lake, from position: Int64,
    until last: Int64, rowLimit: Int?
  ) throws {
    self.contract = contract
    self.lake = lake
    var files: [RawFile] = []
    startIdentity = try log.identity(ofPosition: position)
    var identity = startIdentity
    var end = position
    var rowCount = 0
    for commit in try log.commits(fromFile: position) {
      for (index, file) in commit.files.enumerated() {
        let number = commit.firstFile + Int64(index)
        guard (position..<max(position, last)).contains(number) else { continue }
        if let rowLimit, !files.isEmpty, rowCount + file.rowCount > rowLimit { break }
        guard end == max(position, number) else { break }
        files.append(
          RawFile(
            path: "\(log.folder)/\(file.path)",
            name: Self.name(of: contract, in: lake) + file.path, rowCount: file.rowCount,
            partition: RawFile.partition(of: file.path), dataset: log.folder))
        rowCount += file.rowCount
        identity = BronzeLog.identity(of: file)
        end = number + 1
      }
    }
    self.files = files
    endPosition = end
    endIdentity = identity
  }

  /// Files that ingestion set aside, as a table of their own; as of `time`, if there is one.
  package static func rejected(
    _ contract: BronzeContract, lake: Lake, at time: Timestamp? = nil
  ) throws -> any TableProvider {
    let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
    let commits = try log.commits().filter { commit in time.map { commit.committedAt <= $0 } ?? true
    }
    let files = commits.flatMap(\.rejected).map { file in
      RawFile(
        path: "\(contract.folder)/\(file.path)", name: file.path, rowCount: file.rowCount,
        partition: [], dataset: contract.folder)
    }
    return RawFiles(
      name: "quarantine.\(contract.name.name)", files: files,
      reader: RawFileReader(
        fileSystem: lake.fileSystem, schema: Quarantine.schema, format: "json", options: [:],
        partitionColumns: [], maximumLineLength: RawFileReader.quotingLineLength))
  }

  /// Whether a row's file, as `_source_file` names it, is one of this dataset.
  package static func contract(_ contract: BronzeContract, mayHold file: String, in lake: Lake)
    -> Bool
  {
    file.hasPrefix(name(of: contract, in: lake))
  }

  /// The dataset's folder in the lake, with a slash behind it.
  private static func name(of contract: BronzeContract, in lake: Lake) -> String {
    let folder = contract.folder
    let root = "\(lake.root)/"
    return (folder.hasPrefix(root) ? String(folder.dropFirst(root.count)) : folder) + "/"
  }

  /// The table as it was at `time`, by its log; nil when it has none, and so no past.
  package static func past(
    _ contract: BronzeContract, lake: Lake, at time: Timestamp
  ) throws -> BronzeTable? {
    let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
    return try log.exists() ? try BronzeTable(contract, lake: lake, at: time) : nil
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
  package func replayRequests() throws -> [(file: RawFile, requests: any BatchSource)] {
    try files.map { ($0, try reader.requests(of: $0)) }
  }

  /// Reads the dataset's files.
  package var reader: RawFileReader { Self.reader(contract, lake) }

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
