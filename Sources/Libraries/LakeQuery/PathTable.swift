import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs

/// The formats of ``SELECT … FROM format.`path` ``.
enum PathFormat: String {
  case delta, parquet, json, csv
}

/// Files or a folder of files queried by path; the schema is the files' own, or inferred from the
/// first rows (JSON, CSV).
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

  /// The table; `.missing` when nothing is at the path.
  func provider(_ reading: TableReading) throws -> any TableProvider {
    if format == .delta { return try deltaTable(reading) }
    let files = try dataFiles()
    guard let first = files.first else {
      throw Fault(
        .missing, at: Place(path), "there is no file here", remedy: "check the path")
    }
    let schema = try RawFileReader.inferSchema(
      of: first, format: format.rawValue, fileSystem: lake.fileSystem)
    let partitionNames = first.partition.keys.sorted()
    let fields =
      schema.fields
      + partitionNames.filter { schema.index(of: $0) == nil }.map { Field($0, .string) }
    return RawFiles(
      name: "\(format.rawValue).`\(path)`", files: files,
      reader: RawFileReader(
        fileSystem: lake.fileSystem, schema: Schema(fields), format: format.rawValue,
        options: ["header": "true"], partitionColumns: partitionNames))
  }

  private func deltaTable(_ reading: TableReading) throws -> any TableProvider {
    let moment: Table.Moment =
      switch reading {
      case .version(let version): .version(version)
      case .instant(let time): .timestamp(time)
      case .whole, .stream: .latest
      }
    guard let snapshot = try Table(path, lake.fileSystem).snapshot(at: moment) else {
      throw Fault(
        .missing, at: Place(path), "there is no Delta table here",
        remedy: "name the folder that holds _delta_log")
    }
    return SnapshotTable(name: "delta.`\(path)`", snapshot)
  }

  private func dataFiles() throws(Fault) -> [RawFile] {
    guard let status = try lake.fileSystem.status(of: path) else { return [] }
    if status.isDirectory { return try RawFile.all(in: path, lake.fileSystem) }
    return [RawFile(path: path, name: path, rowCount: nil, partition: RawFile.partition(of: path))]
  }
}
