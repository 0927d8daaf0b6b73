import Glibc
import Synchronization

/// How many bytes of scratch files a program may have on disk at a time.
package final class ScratchBudget: Sendable {
  private let limit: Int
  private let used = Atomic<Int>(0)

  package init(limit: Int) { self.limit = limit }

  /// Takes `count` bytes; `.io` when there would be more than the limit.
  fileprivate func take(_ count: Int) throws(Fault) {
    guard used.add(count, ordering: .relaxed).newValue > limit else { return }
    give(count)
    throw Fault(
      .io, "more than \(limit >> 20) MiB of scratch space are needed",
      remedy: "give more with --spill-limit or more --memory, or ask for less at a time")
  }

  fileprivate func give(_ count: Int) { used.subtract(count, ordering: .relaxed) }
}

/// Bytes set aside on disk while a program runs: a file without a name, gone with its last
/// reference, also when the program is killed. Used by one thread at a time.
package final class ScratchFile {
  private let descriptor: Descriptor
  private let path: String
  private let budget: ScratchBudget?
  /// Bytes appended so far.
  package private(set) var byteCount = 0

  /// A file in `directory`, which is made if it is not there; its bytes count against `budget`
  /// while it is there.
  package init(in directory: String, _ budget: ScratchBudget? = nil) throws(Fault) {
    self.budget = budget
    try LocalFileSystem().createDirectory(directory)
    let path = "\(directory)/.scratch-\(UInt64.random(in: 0...UInt64.max))"
    guard let descriptor = try Descriptor(new: path, O_RDWR, mode: 0o600) else {
      throw Fault(
        .cannotCreate, at: Place(path), "something of this name is there already",
        remedy: "run again")
    }
    self.path = path
    self.descriptor = descriptor
    guard withSystemPath(path, { unlink($0) }) == 0 else { throw fileFault(.writing, path) }
  }

  deinit { budget?.give(byteCount) }

  /// Appends `bytes`.
  package func append(_ bytes: [UInt8]) throws(Fault) {
    try budget?.take(bytes.count)
    try descriptor.write(path, bytes)
    byteCount += bytes.count
  }

  /// The `count` bytes from `offset`, which were appended before.
  package func read(at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    try descriptor.read(path, at: offset, count: count)
  }
}

/// The bytes of a source that gives them once, put aside on disk so that they can be read again.
package final class SpooledFile: ReadableFile {
  package let byteCount: Int
  // Written before anyone else sees it, and only read from then on.
  private nonisolated(unsafe) let file: ScratchFile

  /// Reads `source` to its end, into `directory`; its bytes count against `budget` while they are
  /// there.
  package init(
    _ source: any ByteSource, in directory: String, _ budget: ScratchBudget? = nil
  ) throws(Fault) {
    let file = try ScratchFile(in: directory, budget)
    while let piece = try source.next() { try file.append(piece) }
    self.file = file
    byteCount = file.byteCount
  }

  package func read(at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    try file.read(at: offset, count: min(count, max(0, byteCount - offset)))
  }
}
