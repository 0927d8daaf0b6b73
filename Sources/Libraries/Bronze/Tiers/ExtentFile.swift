package import Core

/// A part of a file as a file of its own.
package final class ExtentFile: ReadableFile {
  private let whole: any ReadableFile
  private let start: Int
  package let byteCount: Int

  /// The `byteCount` bytes of `whole` from `offset`; nil where it has not so many.
  package init?(_ whole: any ReadableFile, from offset: Int, byteCount: Int) {
    guard offset >= 0, byteCount >= 0, offset <= whole.byteCount,
      byteCount <= whole.byteCount - offset
    else { return nil }
    self.whole = whole
    start = offset
    self.byteCount = byteCount
  }

  package func read(at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    guard offset < byteCount else { return [] }
    return try whole.read(at: start + offset, count: min(count, byteCount - offset))
  }
}

extension DayPlacement {
  /// Opens the bytes of the log's file `path`, of the dataset in `folder`. A file that a rule
  /// removed has none. `.missing` where its place is not there: it may be on a disk that is away.
  package func open(
    _ path: String, in folder: String, _ files: any FileSystem
  ) throws(Fault) -> any ReadableFile {
    if tier == .removed { return TextFile([]) }
    guard let extent = extents[path] else {
      throw Fault(
        .missing, at: Place("\(folder)/\(path)"),
        "the file is gone, and the day's placement does not name it",
        remedy: "restore the dataset from a backup")
    }
    let location = Self.location(of: extent, in: folder)
    let whole: any ReadableFile
    do throws(Fault) {
      whole = try files.open(location)
    } catch {
      guard error.kind == .missing else { throw error }
      throw Fault(
        .missing, at: Place(location), "'\(path)' lies there, which is not there",
        remedy: "mount the disk of the \(tier.rawValue) tier, or restore the file from a backup")
    }
    guard let file = ExtentFile(whole, from: extent.offset, byteCount: extent.byteCount) else {
      throw Fault(
        .data, at: Place(location), "it ends before '\(path)' does",
        remedy: "restore the file from a backup")
    }
    return file
  }
}
