import Core
package import Delta
import JSON
package import LakeJobs

/// Shallow copies of a table: tables elsewhere that share its files, to try things out.
///
///     silver/sales/_copies/<run>.json   where a copy lies, from before it is made on
///
/// What a copy names is no vacuum's to take, as long as there is a table at its place.
package struct TableCopies {
  private static let folderName = "_copies"

  private let table: Table
  private var files: any FileSystem { table.fileSystem }
  private var folder: String { "\(table.path)/\(Self.folderName)" }

  package init(of table: Table) { self.table = table }

  /// Makes a copy of a version at `place`. Throws `.cannotCreate` where something
  /// lies, `.missing` when files of the version are gone.
  package static func make(
    of table: MaintainedTable, at moment: Table.Moment, place: String, in lake: Lake
  ) throws -> Snapshot {
    let locks = try table.lock(in: lake)
    defer { locks.unlock() }
    guard let snapshot = try table.table.snapshot(at: moment) else {
      throw Fault(
        .missing, at: Place(table.table.path), "there is no table", remedy: "check its name")
    }
    try snapshot.checkFiles(of: table.name)
    guard try lake.fileSystem.list(place).isEmpty else {
      throw Fault(
        .cannotCreate, at: Place(place), "something lies there already",
        remedy: "give a folder that is empty or not there")
    }
    try lake.fileSystem.createDirectory(place)
    let place = try lake.fileSystem.realPath(of: place)
    try TableCopies(of: table.table).note(place, snapshot.version, lake)
    let context = CommitContext(
      engine: "Medallion/\(Medallion.version)", operation: "CLONE",
      parameters: [
        ("source", "\(table.name)"), ("sourceVersion", "\(snapshot.version)"),
        ("isShallow", "true"),
      ],
      runID: "\(lake.runID)", clock: lake.clock)
    try lake.table(in: place).update(context) { try $0.copy(snapshot) }
    return snapshot
  }

  /// Notes a copy before there is one, so that no vacuum comes in between.
  private func note(_ place: String, _ version: Int64, _ lake: Lake) throws(Fault) {
    let value: JSONValue = [
      "place": .string(place), "version": JSONValue(version), "time": .string("\(lake.clock.now)"),
    ]
    try files.createDirectory(folder)
    var path = "\(folder)/\(lake.runID).json"
    var number = 1
    while try files.exists(path) {
      number += 1
      path = "\(folder)/\(lake.runID)-\(number).json"
    }
    try files.replace(path, JSONWriter.bytes(value))
  }

  /// The files of the table that copies share, by their absolute paths, and where the copies lie.
  func sharedFiles() throws(Fault) -> [String: String] {
    var shared: [String: String] = [:]
    for name in try files.list(folder) where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      let value = try JSONValue(parsing: try files.read(path), at: Place(path))
      guard let place = value["place"]?.string, let version = value["version"]?.int64 else {
        throw Fault(
          .data, at: Place(path), "this does not tell where a copy lies",
          remedy: "remove it, if there is no copy any more")
      }
      let copy = Table(place, files)
      if let snapshot = try copy.snapshot() {
        var paths: [String] = []
        for file in snapshot.files { paths += try copy.locations(of: file) }
        for file in snapshot.removals { paths += try copy.locations(of: file) }
        for path in paths { shared[path] = place }
      } else if try !files.exists(parent(of: place)),
        let snapshot = try? table.snapshot(at: .version(version))
      {
        // On a disk that is away it may be there still.
        for file in snapshot.files {
          for path in try table.locations(of: file) {
            shared[try files.realPath(of: path)] = place
          }
        }
      }
    }
    return shared
  }
}
