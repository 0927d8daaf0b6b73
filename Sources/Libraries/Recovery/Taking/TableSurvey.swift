import Core
import Delta
import JSON
import LakeJobs
import Maintenance

/// Where a Delta table stands, and the files that this takes.
///
/// The key indexes are read before the version: one that knew of later rows would have the next
/// writer take keys for new that are not. The folder is listed before it too; what came after that
/// up to the version, its commits name.
struct TableSurvey {
  /// The table's part of an epoch.
  struct Found {
    var items: [EpochItem]
    let mark: EpochCut.TableMark
  }

  /// Folders in a table's that hold what can be made anew, or is another table's.
  private static let passedOver: Set<String> = ["_delta_log", "_keys", "_trash", "_copies"]
  /// A file that no version has and that is younger than this may be one that a writer is at.
  private static let patience: Int64 = 86_400 * Timestamp.microsecondsPerSecond

  private let table: Table
  /// The table's folder below the root of what is restored.
  private let target: String
  private var files: any FileSystem { table.fileSystem }

  init(_ table: Table, target: String) {
    // Without what a run remembers of tables: this one looks when it is told to.
    self.table = Table(table.path, table.fileSystem)
    self.target = target
  }

  /// The table as it stands now; nil when there is none.
  func take(at now: Timestamp) throws(Fault) -> Found? {
    guard let before = try table.latestVersion() else { return nil }
    let indexes = try keyIndexes()
    let listed = try list("")
    guard let snapshot = try table.snapshot() else { return nil }
    var live: Set<String> = []
    for file in snapshot.files { live.formUnion(try paths(table.locations(of: file))) }
    var known = live
    for file in snapshot.removals { known.formUnion(try paths(table.locations(of: file))) }
    for version in try table.commitVersions() where version > before && version <= snapshot.version
    {
      let step = try table.step(version)
      for file in step.added { known.formUnion(try paths(table.locations(of: file))) }
      for file in step.changeFiles {
        known.formUnion(try paths([table.location(ofFile: file.path)]))
      }
    }
    var wanted = live
    // A day before the machine's own clock, which is no far one.
    for (name, status) in listed {
      let isYoung =
        max(status.changed, status.modified).microseconds > now.microseconds &- Self.patience
      if known.contains(name) || !isYoung || !name.hasSuffix(".parquet") { wanted.insert(name) }
    }
    wanted.formUnion(try list("").keys.filter { $0.hasSuffix(".bin") })
    wanted.formUnion(known.subtracting(listed.keys))
    let trash = try trashFolders()
    var items = wanted.sorted().map { name in
      var item = EpochItem(
        "\(target)/\(name)", .fixed("\(table.path)/\(name)"), isNeeded: live.contains(name))
      item.otherPlaces = trash.map { "\($0)/\(name)" }
      return item
    }
    items += try log(upTo: snapshot.version, trash)
    return Found(
      items: items + indexes,
      mark: EpochCut.TableMark(
        version: snapshot.version, fileCount: snapshot.files.count, byteCount: snapshot.byteCount,
        rowCount: snapshot.rowCount, time: snapshot.timestamp))
  }

  /// Places of files that the log names as paths below the table's folder.
  private func paths(_ places: [String]) throws(Fault) -> [String] {
    let paths = places.map(table.relativePath)
    if let path = paths.first(where: { $0.hasPrefix("/") }) {
      throw Fault(
        .configuration, at: Place(table.path),
        "it names files that lie elsewhere, so that its folder is not the whole table: \(path)",
        remedy: "move this copy of another table out of the lake, or write its rows to a table")
    }
    return paths
  }

  /// The files below the table's folder that are its own.
  private func list(_ folder: String) throws(Fault) -> [String: FileStatus] {
    var found: [String: FileStatus] = [:]
    for name in try files.list(folder.isEmpty ? table.path : "\(table.path)/\(folder)") {
      if name.hasPrefix(".") || folder.isEmpty && Self.passedOver.contains(name) { continue }
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      guard let status = try files.status(of: "\(table.path)/\(path)") else { continue }
      if status.isDirectory {
        found.merge(try list(path)) { _, last in last }
      } else if status.kind == .file, !name.hasSuffix(".staged") {
        found[path] = status
      }
    }
    return found
  }

  /// Where files lie that a vacuum has taken out.
  private func trashFolders() throws(Fault) -> [String] {
    try files.list("\(table.path)/_trash").map { "\(table.path)/_trash/\($0)/files" }
  }

  /// The log up to `version`.
  private func log(upTo version: Int64, _ trash: [String]) throws(Fault) -> [EpochItem] {
    let folder = "\(table.path)/\(Table.logFolder)"
    let place = "\(target)/\(Table.logFolder)"
    var items: [EpochItem] = []
    for name in try files.list(folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if name == "_last_checkpoint" {
        guard let bytes = try? files.read(path),
          let hint = (try? JSONValue(parsing: bytes))?["version"]?.int64, hint <= version
        else { continue }
        items.append(EpochItem("\(place)/\(name)", .bytes(bytes)))
      } else if let number = Int64(name.prefix(20)), name.utf8.count > 20 {
        if number > version { continue }
        // Old ones may be cleared away meanwhile: checkpoints stand in for them.
        var item = EpochItem("\(place)/\(name)", .fixed(path), isNeeded: number == version)
        item.otherPlaces = trash.map { "\($0)/\(Table.logFolder)/\(name)" }
        items.append(item)
      } else if try files.status(of: path)?.isDirectory == true {
        for file in try files.list(path) where !file.hasPrefix(".") {
          items.append(
            EpochItem("\(place)/\(name)/\(file)", .fixed("\(path)/\(file)"), isNeeded: false))
        }
      }
    }
    return items
  }

  /// The key indexes that are whole.
  private func keyIndexes() throws(Fault) -> [EpochItem] {
    var items: [EpochItem] = []
    for name in try files.list("\(table.path)/_keys") where !name.hasPrefix(".") {
      let (folder, place) = ("\(table.path)/_keys/\(name)", "\(target)/_keys/\(name)")
      guard let manifest = try? files.read("\(folder)/manifest"),
        let end = manifest.firstIndex(of: UInt8(ascii: "\n")),
        let json = try? JSONValue(parsing: Array(manifest[..<end])),
        let runs = json["runs"]?.array
      else { continue }
      var found = [EpochItem("\(place)/manifest", .bytes(manifest))]
      for run in runs.compactMap({ $0["file"]?.string }) {
        // Read now: a later writer joins runs, and takes away those that it has joined.
        guard let bytes = try? files.read("\(folder)/\(run)") else {
          found = []
          break
        }
        found.append(EpochItem("\(place)/\(run)", .bytes(bytes)))
      }
      items += found
    }
    return items
  }
}
