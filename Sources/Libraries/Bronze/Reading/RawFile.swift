package import Core

/// A file of raw rows and the values its folder names give.
package struct RawFile: Sendable {
  package var path: String
  /// What messages and quarantine call it.
  package var name: String
  package var rowCount: Int?
  /// Partition values by column, from `column=value` folders.
  package var partition: [String: String]
  /// Which of the lines that the file asks to be read once more are meant; nil when it holds lines.
  package var replayed: ReplayFilter?

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

extension RawFile {
  /// The files below `folder` but those of names that begin with `_` or a point, in byte order.
  package static func all(
    in folder: String, _ fileSystem: any FileSystem
  ) throws(Fault) -> [RawFile] {
    var files: [RawFile] = []
    for name in try fileSystem.list(folder) where !name.hasPrefix("_") && !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if try fileSystem.status(of: path)?.isDirectory == true {
        files += try all(in: path, fileSystem)
      } else {
        files.append(
          RawFile(
            path: path, name: path, rowCount: nil, partition: RawFile.partition(of: path)))
      }
    }
    return files
  }
}
