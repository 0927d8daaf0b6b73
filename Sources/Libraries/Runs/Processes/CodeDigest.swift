package import Core

/// What ran, in 64 digits: the command and the job files. A run of other code is another run.
package enum CodeDigest {
  /// The digest of `command` and of the SQL and YAML below `folder`, if that is there.
  package static func of(
    _ command: [RawText], jobsFolder folder: String, _ files: any FileSystem
  ) throws(Fault) -> String {
    let digest = SHA256()
    for argument in command {
      digest.append(argument.characters.map { UInt8(bitPattern: $0) })
    }
    for path in try jobFiles(in: folder, files, depth: 4) {
      digest.append(Array("\u{0}\(path.dropFirst(folder.utf8.count))\u{0}".utf8))
      digest.append(try files.read(path))
    }
    return hexText(digest.finish())
  }

  private static func jobFiles(
    in folder: String, _ files: any FileSystem, depth: Int
  ) throws(Fault) -> [String] {
    guard depth > 0, try files.status(of: folder)?.isDirectory == true else { return [] }
    var found: [String] = []
    for name in try files.list(folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".sql") || name.hasSuffix(".yml") {
        if try files.status(of: path)?.kind == .file { found.append(path) }
      } else if try files.status(of: path)?.isDirectory == true {
        found += try jobFiles(in: path, files, depth: depth - 1)
      }
    }
    return found
  }
}
