import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs

/// The formats of ``SELECT … FROM format.`path` ``.
enum PathFormat: String {
  case delta, parquet, json, csv

  /// Formats that Spark has and we have not.
  static let foreign: Set<String> = ["avro", "binaryfile", "orc", "text", "xml"]

  /// That ``name.`path` `` asks for a format that is not read.
  static func unsupported(_ name: String) -> Fault {
    Fault(
      .usage, "files of format '\(name)' are not read",
      remedy: "have them written as parquet, json or csv")
  }
}

/// Files, a folder of files, or files by a pattern, queried by path; the schema is the files' own,
/// or inferred from them (JSON, CSV). Folders called `column=value` give columns.
struct PathTable {
  private let format: PathFormat
  private let path: String
  private let lake: Lake

  /// `path` may be an address of a file; `.usage` when it is one that is not understood.
  init(_ format: PathFormat, path: String, lake: Lake) throws(Fault) {
    self.format = format
    self.path = try FileAddress.path(path)
    self.lake = lake
  }

  /// A table, and what its reader should be told of it.
  struct Found {
    var table: any TableProvider
    var note: String?
  }

  /// The table at `moment`, unless `reading` names one; `.missing` when nothing is at the path.
  func provider(_ reading: TableReading, at moment: Table.Moment = .latest) throws -> Found {
    let path = try localPath()
    if format == .delta { return Found(table: try deltaTable(at: path, reading, moment)) }
    guard reading == .whole || reading == .stream, moment == .latest else {
      throw Fault(
        .usage, at: Place(path), "\(format.rawValue) files keep no versions",
        remedy: moment != .latest && reading == .whole
          ? "ask for them without --as-of" : "ask for them without AS OF")
    }
    let files = try dataFiles(at: path)
    guard !files.isEmpty else {
      throw Fault(.missing, at: Place(path), "there is no file here", remedy: "check the path")
    }
    let (schema, malformedCount) = try RawFileReader.inferSchema(
      of: files, format: format.rawValue, fileSystem: lake.fileSystem)
    let partitions = try PartitionTypes.fields(of: files)
    let own = schema.fields.filter { field in
      !partitions.contains { $0.name.lowercased() == field.name.lowercased() }
    }
    let name = "\(format.rawValue).`\(self.path)`"
    let table = RawFiles(
      name: name, files: files,
      reader: RawFileReader(
        fileSystem: lake.fileSystem, schema: Schema(own + partitions), format: format.rawValue,
        options: ["header": "true"], partitionColumns: partitions.map(\.name)))
    return Found(table: table, note: note(name, schema, malformedCount))
  }

  private func note(_ name: String, _ schema: Schema, _ malformedCount: Int) -> String? {
    if schema.fields.isEmpty { return "\(name) is empty: it has no columns and no rows" }
    guard malformedCount > 0 else { return nil }
    return "\(counted(malformedCount, "line")) of \(name) "
      + "\(malformedCount == 1 ? "is no JSON object" : "are no JSON objects"): column "
      + "_corrupt_record has the text; of a text over several lines, jq -c '.[]?' makes lines"
  }

  /// The path on this machine; `.usage` for another store's.
  private func localPath() throws(Fault) -> String {
    if let scheme = FilePath.foreignScheme(of: path) {
      throw Fault(
        .usage, "a path at a \(scheme):// address cannot be read, only files of this machine",
        remedy: "fetch the files first")
    }
    var rest = Substring(path)
    if rest.hasPrefix("file:") {
      rest = rest.dropFirst(5)
      if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
    }
    while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    return String(rest)
  }

  private func deltaTable(
    at path: String, _ reading: TableReading, _ moment: Table.Moment
  ) throws -> any TableProvider {
    let table = Table(path, lake.fileSystem, keys: lake.keys)
    let name = "delta.`\(self.path)`"
    if case .changes(let span) = reading, let latest = try table.snapshot(at: moment) {
      return try ChangesTable(name: name, span, of: latest)
    }
    guard let snapshot = try table.snapshot(at: reading.moment(else: moment))
    else {
      throw Fault(
        .missing, at: Place(path), "there is no Delta table here",
        remedy: "name the folder that holds _delta_log")
    }
    return SnapshotTable(name: name, snapshot)
  }

  private func dataFiles(at path: String) throws(Fault) -> [RawFile] {
    if let status = try lake.fileSystem.status(of: path) {
      return try files(at: path, isFolder: status.isDirectory)
    }
    let paths = try PathPattern(path).paths(in: lake.fileSystem)
    var found: [RawFile] = []
    for path in paths {
      guard let status = try lake.fileSystem.status(of: path) else { continue }
      found += try files(at: path, isFolder: status.isDirectory)
    }
    return found
  }

  private func files(at path: String, isFolder: Bool) throws(Fault) -> [RawFile] {
    guard isFolder else {
      return [RawFile(path: path, name: path, rowCount: nil, partition: [])]
    }
    // A part of a Delta table is as misleading as all of it.
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    while parts.removeLast() != "", !parts.isEmpty {
      let folder = parts.joined(separator: "/")
      if try lake.fileSystem.exists("\(folder)/_delta_log") { throw RawFile.incompatible(folder) }
    }
    return try RawFile.all(in: path, lake.fileSystem)
  }
}

extension TableReading {
  /// The moment that a query asks for by itself, or `otherwise`.
  func moment(else otherwise: Table.Moment) -> Table.Moment {
    switch self {
    case .version(let version): .version(version)
    case .instant(let time): .timestampInHistory(time)
    case .whole, .stream, .changes: otherwise
    }
  }
}
