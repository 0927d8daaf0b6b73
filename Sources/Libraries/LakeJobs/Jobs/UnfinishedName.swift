import Core

/// Names that programs give to files while they write them: such a file waits for its last name.
package enum UnfinishedName {
  private static let endings = [
    ".part", ".filepart", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".draft", "~",
  ]
  private static let compressions = [".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz"]

  /// Whether `path` ends in such a name, letter case and the ending of a compression aside.
  package static func matches(_ path: String) -> Bool {
    let name = lastComponent(of: path).lowercased()
    if name.hasPrefix(".") || name.hasPrefix("_") { return true }
    let plain = compressions.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
    return endings.contains { name.hasSuffix($0) || plain?.hasSuffix($0) == true }
  }
}
