import Bronze
import Core
import Delta
import JSON

/// What a table or a log has of one day.
///
/// Of a table that is parted by days it is the partitions of that day; of one that is not, all. The
/// table's log comes whole, and one more commit takes the files out of it that are not there, so
/// that whoever reads it sees a table of that day and no file that is missing. Of a log of bronze
/// it is what came in on the day, with a log of its own.
struct DayFiles {
  let day: CivilDate

  init(_ day: CivilDate) { self.day = day }

  /// The files of a part that are restored.
  func files(of part: [BackupFile]) -> [BackupFile] {
    let isLog = part.contains { $0.path.contains("/_commits/") }
    let isParted = part.contains { isOfDays($0.path) }
    return part.filter { file in
      let inner = file.path
      if isLog { return isOfDay(inner) || inner.contains("/_commits/") }
      if inner.contains("/_keys/") || inner.contains("/_change_data/") { return false }
      // Files of deletion vectors lie beside the partitions, and each may be of several.
      return inner.contains("/_delta_log/") || !isParted || isOfDay(inner)
        || Table.isVectorName(lastComponent(of: inner))
    }
  }

  /// Whether a file lies in the folder of some day.
  private func isOfDays(_ path: String) -> Bool {
    path.split(separator: "/").contains { folder in
      folder.split(separator: "=").last.map { CivilDate(isoText: String($0)) != nil } ?? false
        && folder.contains("=")
    }
  }

  private func isOfDay(_ path: String) -> Bool {
    path.split(separator: "/").contains { $0.hasSuffix("=\(day)") }
  }

  /// Has the table in `folder` name no other files than are there.
  func complete(table folder: String, _ files: any FileSystem, at now: Timestamp) throws(Fault) {
    let table = Table(folder, files)
    guard let snapshot = try table.snapshot() else { return }
    var lines: [JSONValue] = []
    let time = max(now.milliseconds, snapshot.timestamp.milliseconds + 1)
    for file in snapshot.files {
      guard try !files.exists(try table.location(ofFile: file.path)) else { continue }
      let removed = RemovedFile(
        path: file.path, deletionTimestamp: time, partitionValues: file.partitionValues,
        byteCount: file.byteCount, deletionVector: file.deletionVector)
      lines.append(Action.remove(removed).json)
    }
    if lines.isEmpty { return }
    let record: JSONValue = [
      "commitInfo": [
        "inCommitTimestamp": JSONValue(time), "timestamp": JSONValue(time),
        "operation": "RESTORE", "operationParameters": ["day": .string("\(day)")],
        "engineInfo": .string("Medallion/\(Medallion.version)"),
      ]
    ]
    var bytes: [UInt8] = []
    for line in [record] + lines { bytes += JSONWriter.bytes(line) + [UInt8(ascii: "\n")] }
    let name = "\(padded(Int(snapshot.version) + 1, 20)).json"
    _ = try files.create("\(folder)/\(Table.logFolder)/\(name)", bytes)
  }

  /// Has the log in `folder`, which was restored with all its commits, name what is of the day
  /// alone.
  func complete(log folder: String, _ files: any FileSystem) throws(Fault) {
    let log = BronzeLog(folder: folder, fileSystem: files)
    var position: Int64 = 0
    var kept: [BronzeCommit] = []
    for var commit in try log.commits() {
      commit.files = commit.files.filter { isOfDay($0.path) }
      commit.rejected = commit.rejected.filter { isOfDay($0.path) }
      guard !commit.files.isEmpty || !commit.rejected.isEmpty else { continue }
      commit.version = Int64(kept.count)
      commit.firstFile = position
      commit.state = .null
      position += Int64(commit.files.count)
      kept.append(commit)
    }
    for name in try files.list("\(folder)/_commits") {
      try files.remove("\(folder)/_commits/\(name)")
    }
    for commit in kept {
      _ = try files.create(
        "\(folder)/_commits/\(padded(Int(commit.version), 20)).json",
        JSONWriter.bytes(commit.json) + [UInt8(ascii: "\n")])
    }
  }
}
