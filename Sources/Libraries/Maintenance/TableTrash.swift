import Core
import Delta
import JSON
import LakeJobs

extension Snapshot {
  /// Throws `.missing` when files of this version of the table `name` are gone, with the versions
  /// that can be had.
  func checkFiles(of name: LakeTableName) throws(Fault) {
    for file in files {
      let places = try table.locations(of: file)
      let status = try table.fileSystem.status(of: places[0])
      let hasVector = try table.fileSystem.exists(places[places.count - 1])
      if hasVector, status?.byteCount == file.byteCount { continue }
      var fault = try table.lostFiles(of: version)
      if try !TableTrash(of: table).bags().isEmpty {
        fault.remedy += ", or have files put back: lake-vacuum --undo \(name)"
      }
      throw fault
    }
  }
}

/// What a vacuum took out of a table's folder and has not deleted yet.
///
///     silver/sales/_trash/<run>/manifest.json   which files, when and by whom
///     silver/sales/_trash/<run>/files/…         the files, by their paths in the table
///
/// The manifest is there before the first file comes and goes after the last has gone, so that a
/// run that dies anywhere leaves what can be gone on with, or taken back.
struct TableTrash {
  private static let folderName = "_trash"

  /// The files that one run took out.
  struct Bag {
    let folder: String
    let time: Timestamp
    let paths: [String]

    func place(of path: String) -> String { "\(folder)/files/\(path)" }
  }

  /// A file to be taken out, by its path below the table's folder.
  struct Item {
    let path: String
    let byteCount: Int
    let why: String
  }

  private let table: Table
  private var files: any FileSystem { table.fileSystem }
  private var root: String { "\(table.path)/\(Self.folderName)" }

  init(of table: Table) { self.table = table }

  /// What each run took out, the oldest first.
  func bags() throws(Fault) -> [Bag] {
    var bags: [Bag] = []
    for name in try files.list(root) where !name.hasPrefix(".") {
      let path = "\(root)/\(name)/manifest.json"
      guard try files.exists(path) else { continue }
      let json = try JSONValue(parsing: try files.read(path), at: Place(path))
      guard let time = json["time"]?.string.flatMap({ Timestamp(parsing: $0) }),
        let list = json["files"]?.array
      else {
        throw Fault(
          .data, at: Place(path), "this does not tell which files were taken out",
          remedy: "see what changed it; the files lie beside it")
      }
      bags.append(
        Bag(folder: "\(root)/\(name)", time: time, paths: list.compactMap { $0["path"]?.string }))
    }
    return bags.sorted { ($0.time, $0.folder) < ($1.time, $1.folder) }
  }

  /// Takes files out of the table's folder, in the order given.
  func take(
    _ candidates: [Item], by run: RunID, at time: Timestamp
  ) throws(Fault) -> Bag {
    var folder = "\(root)/\(run)"
    var number = 1
    while try files.exists("\(folder)/manifest.json") {
      number += 1
      folder = "\(root)/\(run)-\(number)"
    }
    let list = candidates.map { file -> JSONValue in
      [
        "path": .string(file.path), "bytes": JSONValue(file.byteCount),
        "why": .string(file.why),
      ]
    }
    let manifest: JSONValue = [
      "time": .string("\(time)"), "run_id": .string("\(run)"), "files": .array(list),
    ]
    _ = try files.create("\(folder)/manifest.json", JSONWriter.bytes(manifest))
    let bag = Bag(folder: folder, time: time, paths: candidates.map(\.path))
    for path in bag.paths {
      try files.createDirectory(parent(of: bag.place(of: path)))
      try files.rename("\(table.path)/\(path)", to: bag.place(of: path))
    }
    return bag
  }

  /// Puts those files of `bag` back for which `isWanted`; tells how many came back.
  func putBack(_ bag: Bag, _ isWanted: (String) -> Bool = { _ in true }) throws(Fault) -> Int {
    var count = 0
    // The other way round, so that the log begins at one place whenever this ends.
    for path in bag.paths.reversed() where isWanted(path) {
      let (here, there) = (bag.place(of: path), "\(table.path)/\(path)")
      guard try files.exists(here) else { continue }
      if try files.exists(there) {
        // It was written again, or the power went while it was moved: names are digests.
        try files.remove(here)
      } else {
        try files.createDirectory(parent(of: there))
        try files.rename(here, to: there)
        count += 1
      }
    }
    return count
  }

  /// Deletes what is left of `bag`.
  func delete(_ bag: Bag) throws(Fault) {
    for path in bag.paths { try files.remove(bag.place(of: path)) }
    try removeFolders(in: "\(bag.folder)/files")
    try files.removeDrafts(in: bag.folder)
    try files.remove("\(bag.folder)/manifest.json")
    try files.remove(bag.folder)
    if try files.list(root).isEmpty { try files.remove(root) }
  }

  private func removeFolders(in folder: String) throws(Fault) {
    for name in try files.list(folder) { try removeFolders(in: "\(folder)/\(name)") }
    try files.remove(folder)
  }
}
