package import Core

extension BronzeLog {
  /// Which file a reader at `position` took last, by its path and digest: a position is a number,
  /// and says nothing of whether this is still the log that the reader read. Nil at the beginning,
  /// and for a position that the log does not reach.
  package func identity(ofPosition position: Int64) throws(Fault) -> String? {
    guard position > 0 else { return nil }
    var version = try commitCount() - 1
    while version >= 0 {
      let commit = try commit(version)
      let index = position - 1 - commit.firstFile
      if commit.endFile < position { return nil }
      if index >= 0 { return Self.identity(of: commit.files[Int(index)]) }
      version -= 1
    }
    return nil
  }

  /// What tells a file of the log from all others; one whose bytes were replaced stays what it was.
  static func identity(of file: BronzeFile) -> String {
    "\(file.path) \(file.firstDigest ?? file.digest)"
  }
}
