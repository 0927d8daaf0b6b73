import Core

/// The files of a folder that belong to no table and no log of bronze: records of runs, policies,
/// what people put there. Databases among them are copied, logs are taken up to the last whole
/// line.
struct LooseFiles {
  /// A folder below which nothing is, on a disk that is in order.
  private static let depthLimit = 40

  private let files: any FileSystem
  private let scratch: EpochScratch
  /// Whether a path is passed over, with all below it.
  private let isPassedOver: (String) -> Bool

  init(
    _ files: any FileSystem, _ scratch: EpochScratch,
    passingOver isPassedOver: @escaping (String) -> Bool
  ) {
    self.files = files
    self.scratch = scratch
    self.isPassedOver = isPassedOver
  }

  /// What stands at `path`, a file or all below a folder, to come back at `target`.
  func items(
    at path: String, target: String, depth: Int = 0
  ) throws(Fault) -> [EpochItem] {
    guard !isPassedOver(path), depth < Self.depthLimit, let status = try files.status(of: path)
    else { return [] }
    if status.isDirectory {
      var items: [EpochItem] = []
      for name in try files.list(path) where !name.hasPrefix(".") && !Self.isLock(name) {
        items += try self.items(
          at: "\(path)/\(name)", target: "\(target)/\(name)", depth: depth + 1)
      }
      return items
    }
    guard status.kind == .file, !Self.goesWithDatabase(path) else { return [] }
    if path.hasSuffix(".db") {
      return try scratch.copyUnlessBusy(path).map { [EpochItem(target, .copy($0))] } ?? []
    }
    var count = status.byteCount
    if path.hasSuffix(".ndjson") { count = try wholeLines(of: path, count) }
    return [EpochItem(target, .growing(path, byteCount: count), isNeeded: false)]
  }

  /// How many of the first `count` bytes are whole lines.
  private func wholeLines(of path: String, _ count: Int) throws(Fault) -> Int {
    let file = try files.open(path)
    var end = count
    while end > 0 {
      let start = max(0, end - 4_096)
      let piece = try file.read(at: start, count: end - start)
      if let last = piece.lastIndex(of: UInt8(ascii: "\n")) { return start + last + 1 }
      end = start
    }
    return 0
  }

  private static func isLock(_ name: String) -> Bool { name.hasSuffix(".lock") }

  /// Whether a file is a part of a database that is being written to: its copy holds that too.
  private static func goesWithDatabase(_ path: String) -> Bool {
    ["-wal", "-shm", "-journal"].contains { path.hasSuffix(".db\($0)") }
  }
}
