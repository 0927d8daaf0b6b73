import CProcess
import Core
import Glibc

/// One file of an epoch on its way back.
///
/// It is written where nobody looks before the folder around it gets its name, and that comes after
/// all is on the disk: so no file is synced by itself. A file that an earlier try has left is what
/// it should be only if each of its chunks is.
struct RestoredFile: Sendable {
  private let file: BackupFile
  private let path: String

  init(_ file: BackupFile, below root: String) {
    self.file = file
    path = "\(root)/\(file.path)"
  }

  /// Writes it, unless an earlier try has.
  func write(from chunks: ChunkReader) throws(Fault) {
    if try !isWhole(chunks) {
      let staged = try StagedFile(path)
      for id in file.chunks { try staged.append(try chunks.bytes(of: id)) }
      guard staged.byteCount == file.byteCount else {
        throw Fault(
          .data, at: Place(path),
          "its chunks have \(staged.byteCount) bytes, and it had \(file.byteCount)",
          remedy: "see 'backup verify'")
      }
    }
    let seconds = floorDivide(file.modified.microseconds, Timestamp.microsecondsPerSecond)
    // The rest of a division is less than what was divided.
    let rest = file.modified.microseconds &- seconds &* Timestamp.microsecondsPerSecond
    let moment = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1_000)
    // A table that keeps no times of its own tells its versions' by those of its log's files.
    _ = withSystemPath(path) { path in utimensat(AT_FDCWD, path, [moment, moment], 0) }
    _ = withSystemPath(path) { chmod($0, mode_t(file.mode)) }
  }

  /// Whether it is there already, chunk by chunk.
  private func isWhole(_ chunks: ChunkReader) throws(Fault) -> Bool {
    let files = LocalFileSystem()
    guard try files.status(of: path)?.byteCount == file.byteCount else { return false }
    let found = try files.open(path)
    var offset = 0
    for id in file.chunks {
      guard let count = chunks.index[id]?.entry.byteCount else { return false }
      let bytes = try found.read(at: offset, count: count)
      guard chunks.keys.id(of: bytes) == id else { return false }
      offset += count
    }
    return offset == file.byteCount
  }
}

/// A file that is being written, and that is on the disk only once `syncAll` has come back.
final class StagedFile {
  private let path: String
  private let descriptor: Int32
  private(set) var byteCount = 0

  /// A new file at `path`, in place of what stood there.
  init(_ path: String) throws(Fault) {
    self.path = path
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    descriptor = withSystemPath(path) { open($0, flags, 0o600) }
    guard descriptor >= 0 else {
      throw Fault(
        .cannotCreate, at: Place(path), "cannot create: \(systemErrorText(errno))",
        remedy: "check the folder's owner, mode and room")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func append(_ bytes: [UInt8]) throws(Fault) {
    if let failure = writeAll(bytes, to: descriptor) {
      throw Fault(
        .io, at: Place(path), "cannot write: \(systemErrorText(failure))",
        remedy: "make room on the disk")
    }
    byteCount += bytes.count
  }

  /// Returns when everything on the disk of `folder` is there for good.
  static func syncAll(at folder: String) throws(Fault) {
    let descriptor = withSystemPath(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, medallion_sync(descriptor) == 0 else {
      throw Fault(
        .io, at: Place(folder), "cannot sync: \(systemErrorText(errno))",
        remedy: "see what is wrong with the disk")
    }
  }
}
