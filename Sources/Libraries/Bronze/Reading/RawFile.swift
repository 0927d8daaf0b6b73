package import Core
import Delta

/// A file of raw rows and the values its folder names give.
package struct RawFile: Sendable {
  package var path: String
  /// What messages and quarantine call it.
  package var name: String
  package var rowCount: Int?
  /// The folder of the bronze dataset whose log names it; nil of any other file.
  package var dataset: String?
  /// What the folders `column=value` say, the outermost first; nil is NULL.
  package var partition: [(column: String, value: String?)]
  /// Which of the lines that the file asks to be read once more are meant; nil when it holds lines.
  package var replayed: ReplayFilter?

  package init(
    path: String, name: String, rowCount: Int?, partition: [(column: String, value: String?)],
    dataset: String? = nil
  ) {
    self.dataset = dataset
    self.path = path
    self.name = name
    self.rowCount = rowCount
    self.partition = partition
  }

  /// What the folders of `path` say, as Hive and Spark write them: `city=New%20York`.
  package static func partition(
    of path: some StringProtocol
  ) -> [(column: String, value: String?)] {
    path.split(separator: "/").dropLast().compactMap { folder in
      let sides = folder.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty else { return nil }
      return (
        FilePath.unescape(sides[0]),
        sides[1] == FilePath.hiveNull ? nil : FilePath.unescape(sides[1])
      )
    }
  }
}

extension RawFile {
  /// Opens its bytes, wherever its day lies now. A file that a rule removed has none.
  func open(_ fileSystem: any FileSystem) throws(Fault) -> any ReadableFile {
    do throws(Fault) {
      return try fileSystem.open(path)
    } catch {
      // Asked only then: the files of nearly all days lie where they were written.
      guard error.kind == .missing, let dataset, path.hasPrefix("\(dataset)/") else { throw error }
      let logged = String(path.dropFirst(dataset.utf8.count + 1))
      guard let day = DayPlacement.day(of: logged),
        let placement = try DayPlacement.read(day, in: dataset, fileSystem)
      else { throw error }
      return try placement.open(logged, in: dataset, fileSystem)
    }
  }

  /// The files below `folder` but those of names that begin with `_` or a point, in byte order.
  ///
  /// A folder of a Delta table is refused, since its log alone tells which files count.
  package static func all(
    in folder: String, _ fileSystem: any FileSystem
  ) throws(Fault) -> [RawFile] {
    let trail = FolderTrail(try fileSystem.status(of: folder))
    return try files(in: folder, below: "", trail, fileSystem)
  }

  /// The files in the folder that is `part` below `root`.
  private static func files(
    in root: String, below part: String, _ trail: FolderTrail, _ fileSystem: any FileSystem
  ) throws(Fault) -> [RawFile] {
    let folder = root + part
    let names = try fileSystem.list(folder)
    if names.contains("_delta_log") { throw incompatible(folder) }
    var files: [RawFile] = []
    for name in names where !name.hasPrefix("_") && !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if let status = try fileSystem.status(of: path), status.isDirectory {
        files += try self.files(
          in: root, below: "\(part)/\(name)", try trail.entering(path, status), fileSystem)
      } else {
        files.append(
          RawFile(
            path: path, name: path, rowCount: nil,
            partition: RawFile.partition(of: "\(part)/\(name)")))
      }
    }
    return files
  }

  /// That the files of a Delta table are asked for without its log.
  package static func incompatible(_ folder: String) -> Fault {
    Fault(
      .data, at: Place(folder),
      "incompatible format: this is a Delta table, whose log tells which of its files count",
      remedy: "read it as delta.`\(folder)`")
  }
}
