import Core
import Delta
import LakeJobs
import Parquet

/// Takes a person out of a Delta table: out of the data files of all its versions, its changed
/// rows, its log, its trash and its key indexes. Versions stay, and so do the numbers of rows.
struct TableErasure {
  private let work: ErasureWork
  private let folder: String
  private let data: DataFileErasure
  /// What columns are called that files and partition values call otherwise.
  private let names: ColumnRenaming

  /// The table in `folder`, whose rows are those of `name`.
  init(_ work: ErasureWork, _ folder: String, of name: LakeTableName) throws {
    self.work = work
    self.folder = folder
    let table = work.lake.table(in: folder)
    names = try table.mappedNames()
    data = DataFileErasure(
      work, work.roles(name), table: try table.snapshot()?.schema, names: names)
  }

  /// What there was, in each place.
  func erase() throws -> [ErasedPlace] {
    try checkPartitions()
    var places: [ErasedPlace] = []
    var restated: [String: RestatedFile] = [:]
    for path in try dataFiles("") {
      let isChanges = path.hasPrefix("\(ChangeColumns.folder)/")
      guard let outcome = try data.erase("\(folder)/\(path)", as: isChanges ? .changes : .table)
      else { continue }
      places.append(outcome.place)
      guard let written = outcome.written, let digest = outcome.place.after else { continue }
      restated[path] = RestatedFile(
        byteCount: written.byteCount,
        statisticsText: isChanges
          ? nil : FileStatistics.text(of: written, schema: outcome.schema),
        digest: digest)
    }
    places += try emptyTrash()
    places += try restateLog(restated)
    if !restated.isEmpty { places += try removeIndexes() }
    return places
  }

  /// A value that is the name of a folder stands in paths of every version.
  private func checkPartitions() throws {
    guard let snapshot = try table.snapshot() else { return }
    for file in snapshot.files {
      for (physical, value) in file.partitionValues {
        let column = names.name(of: physical)
        guard let value, isOfPerson(value, column.lowercased()) else { continue }
        throw Fault(
          .configuration, at: Place(folder),
          "the table is partitioned by '\(column)', whose values are names of folders",
          remedy: "partition it by another column, make it anew with --full-refresh, and vacuum it")
      }
    }
  }

  private func isOfPerson(_ value: String, _ column: String) -> Bool {
    work.person.substitute(for: value, in: column) != nil
      || work.scrub.occurs(in: Array(value.utf8)[...])
  }

  private var table: Table { work.lake.table(in: folder) }

  /// Data files below the table's folder, whatever versions have them.
  private func dataFiles(_ part: String) throws(Fault) -> [String] {
    var found: [String] = []
    for name in try work.files.list(part.isEmpty ? folder : "\(folder)/\(part)") {
      let path = part.isEmpty ? name : "\(part)/\(name)"
      guard let status = try work.files.status(of: "\(folder)/\(path)"), !status.isLink else {
        continue
      }
      if status.isDirectory {
        let isOther = "_.".contains(name.prefix(1)) && !name.contains("=")
        if !isOther || path == ChangeColumns.folder { found += try dataFiles(path) }
      } else if name.hasSuffix(".parquet"), !name.hasPrefix(".") {
        found.append(path)
      } else if name.hasPrefix("."), !work.isTrial {
        // What a writer that died has left of a file.
        try work.files.removeUnlessHeld("\(folder)/\(path)")
      } else if name.hasSuffix(".staged"), !work.isTrial {
        try work.files.remove("\(folder)/\(path)")
      }
    }
    return found
  }

  /// Deletes for good what a vacuum took out, if it holds the person: a version that needs it is
  /// older than those that can be read.
  private func emptyTrash() throws -> [ErasedPlace] {
    let trash = "\(folder)/_trash"
    var count = 0
    for path in try Tree(work.files).files(in: trash) where path.hasSuffix(".parquet") {
      guard !path.contains("/_delta_log/") else { continue }
      count += try data.count(in: path)
    }
    for path in try Tree(work.files).files(in: trash) where !path.hasSuffix(".parquet") {
      if work.scrub.occurs(in: try work.files.read(path)[...]) { count += 1 }
    }
    guard count > 0 else { return [] }
    if !work.isTrial { try Tree(work.files).remove(trash) }
    return [ErasedPlace(kind: .trash, name: work.name(of: trash), count: count)]
  }

  private func restateLog(_ files: [String: RestatedFile]) throws -> [ErasedPlace] {
    let log = "\(folder)/\(Table.logFolder)"
    var count = 0
    for path in try Tree(work.files).files(in: log) where path.hasSuffix(".json") {
      if work.scrub.occurs(in: try work.files.read(path)[...]) { count += 1 }
    }
    if !work.isTrial {
      _ = try LogRestatement(of: table, files) { text in
        work.scrub.scrubbed(Array(text.utf8)[...]).map { String(decoding: $0.bytes, as: UTF8.self) }
      }.run(at: work.lake.clock)
    }
    return count == 0
      ? [] : [ErasedPlace(kind: .log, name: work.name(of: log), count: count)]
  }

  /// An index tells hashes of keys; it is made anew when somebody asks.
  private func removeIndexes() throws -> [ErasedPlace] {
    let keys = "\(folder)/_keys"
    guard try work.files.exists(keys) else { return [] }
    try Tree(work.files).remove(keys)
    return [ErasedPlace(kind: .index, name: work.name(of: keys), count: 1)]
  }
}
