import Core
import TestSupport

/// Files in memory by their paths, only to be read.
struct MemoryFolder: FileSystem {
  private let files: [String: [UInt8]]
  /// What each Parquet file holds that is not among them: names made up by damage are files too.
  private let dataFile: [UInt8]

  init(_ files: [String: [UInt8]], dataFile: [UInt8]) {
    self.files = files
    self.dataFile = dataFile
  }

  func status(of path: String) throws(Fault) -> FileStatus? {
    let file = files[path]
    guard file != nil || files.keys.contains(where: { $0.hasPrefix("\(path)/") }) else {
      return nil
    }
    let time = Timestamp(microseconds: 1_767_225_600_000_000)
    return FileStatus(
      kind: file == nil ? .directory : .file, byteCount: file?.count ?? 0, modified: time,
      changed: time, number: 1)
  }

  func list(_ directory: String) throws(Fault) -> [String] {
    let names = files.keys.filter { $0.hasPrefix("\(directory)/") }.map { path in
      String(path.dropFirst(directory.count + 1).prefix { $0 != "/" })
    }
    return Set(names).sorted()
  }

  func realPath(of path: String) throws(Fault) -> String { path }

  func open(_ path: String) throws(Fault) -> any ReadableFile {
    guard let bytes = files[path] ?? (path.hasSuffix(".parquet") ? dataFile : nil) else {
      throw Fault(.missing, at: Place(path), "is not there", remedy: "put it there")
    }
    return MemoryFile(bytes)
  }

  func draft(_ path: String, replacing: Bool) throws(Fault) -> any DraftFile { throw refusal(path) }

  func appendLines(_ bytes: [UInt8], to path: String) throws(Fault) { throw refusal(path) }

  func createDirectory(_ path: String) throws(Fault) { throw refusal(path) }

  func remove(_ path: String) throws(Fault) { throw refusal(path) }

  func removeUnlessHeld(_ path: String) throws(Fault) { throw refusal(path) }

  func rename(_ source: String, to target: String) throws(Fault) { throw refusal(target) }

  func lock(_ path: String, patience: Duration) throws(Fault) -> any FileLock {
    throw refusal(path)
  }

  private func refusal(_ path: String) -> Fault {
    Fault(.internal, at: Place(path), "a reader writes", remedy: "let it only read")
  }
}
