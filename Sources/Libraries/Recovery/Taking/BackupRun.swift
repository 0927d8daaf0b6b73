import CProcess
import Core
import Glibc
import JSON
package import LakeJobs

/// Takes an epoch of a lake at work into a backup.
///
///  1. Others who would take one wait, and a hold keeps tables from being cleared.
///  2. It is decided where the epoch stands (`LakeSurvey`).
///  3. Files that the backup lacks go into packs, the index tells of these.
///  4. The epoch gets its name, and its seal.
///
/// Whoever dies before 4 has made no epoch; the next run finds the packs and goes on from them.
package struct BackupRun {
  private let workspace: Workspace
  private let warehouse: WarehouseSource?
  private let threads: Int
  /// What a test does while an epoch is decided on.
  var looked: (String) throws -> Void = { _ in }

  /// A run for the lake of `workspace` and its warehouse, if it has one.
  package init(_ workspace: Workspace, warehouse: WarehouseSource?, threads: Int) {
    self.workspace = workspace
    self.warehouse = warehouse
    self.threads = threads
  }

  /// What came of it.
  package struct Outcome: Sendable {
    package let epoch: Epoch
    /// Bytes of files that were read, since the epoch before has them not.
    package let readByteCount: Int
    /// Bytes that went to the place.
    package let writtenByteCount: Int
  }

  private var lake: Lake { workspace.lake }

  /// Takes the epoch.
  package func take(into repository: BackupRepository) throws -> Outcome {
    let lock = try lake.lockBackups()
    defer { lock.unlock() }
    let hold = try BackupHold(lake)
    defer { withExtendedLifetime(hold) {} }
    let scratch = try EpochScratch("\(lake.root)/_spill", run: lake.runID, lake.fileSystem)
    var faults: [Fault] = []
    let last = try repository.epochs { faults.append($0) }.last
    // An epoch that was changed may be the last: another behind it would hide that.
    if let fault = faults.first { throw fault }
    try repository.completeSeals()
    let survey = LakeSurvey(
      workspace, warehouse: warehouse, scratch, now: Self.machineTime, looked: looked)
    let draft = try survey.take()
    lake.steps.note("the epoch is decided on: \(draft.items.count) parts")
    let writer = ChunkWriter(repository, threads: threads)
    var known = try KnownFiles(of: last, in: repository)
    var parts: [Epoch.Part] = []
    for (name, items) in draft.items {
      parts.append(try store(name, items, writer, &known, repository))
    }
    try writer.flush()
    let index = try repository.writeIndex()
    var fixtures = try repository.fixtures()
    // Only now: what was erased while the epoch was taken stands in the record by then.
    for copy in try [
      KeyStoreCopy(in: repository).write(of: lake.root, lake.fileSystem),
      ErasureCopy(in: repository).write(of: lake.root, lake.fileSystem),
    ].compactMap({ $0 }) {
      fixtures[copy.name] = copy.digest
    }
    let number = (last?.number ?? -1) + 1
    let epoch = Epoch(
      Epoch.name(at: lake.clock.now, run: lake.runID, number: number), time: lake.clock.now,
      number: number, previous: try repository.link(to: last), run: "\(lake.runID)",
      host: Self.host, index: index, newByteCount: writer.writtenByteCount, fixtures: fixtures,
      parts: parts, cut: draft.cut)
    try repository.publish(epoch)
    return Outcome(
      epoch: epoch, readByteCount: writer.readByteCount,
      writtenByteCount: writer.writtenByteCount)
  }

  private func store(
    _ part: String, _ items: [EpochItem], _ writer: ChunkWriter, _ known: inout KnownFiles,
    _ repository: BackupRepository
  ) throws -> Epoch.Part {
    let step = lake.steps.begin()
    var lines: [UInt8] = []
    var fileCount = 0
    var byteCount = 0
    for item in items {
      guard let file = try store(item, writer, known) else { continue }
      lines += JSONWriter.bytes(file.json) + [UInt8(ascii: "\n")]
      fileCount += 1
      byteCount += file.byteCount
    }
    let list = try writer.store(MemoryBytes([lines]), isFixed: false)
    step.end("\(part): \(counted(fileCount, "file")), \(counted(byteCount, "byte"))")
    return Epoch.Part(name: part, fileCount: fileCount, byteCount: byteCount, list: list)
  }

  /// Brings one file in; nil when it is gone, and the epoch is whole without it.
  private func store(
    _ item: EpochItem, _ writer: ChunkWriter, _ known: KnownFiles
  ) throws -> BackupFile? {
    switch item.source {
    case .bytes(let bytes):
      let chunks = try writer.store(MemoryBytes([bytes]), isFixed: false)
      return BackupFile(
        item.path, byteCount: bytes.count, mode: 0o644, modified: lake.clock.now, origin: nil,
        chunks: chunks)
    case .copy(let path):
      let file = try lake.fileSystem.open(path)
      let chunks = try writer.store(FileBytes(file), isFixed: false)
      // A copy goes when it is in, so that scratch is no larger than it must be.
      defer { try? lake.fileSystem.remove(path) }
      return BackupFile(
        item.path, byteCount: file.byteCount, mode: 0o644, modified: lake.clock.now,
        origin: nil, chunks: chunks)
    case .growing(let path, let count):
      return try storeFile(item, path, limit: count, isFixed: false, writer, known)
    case .fixed(let path):
      return try storeFile(item, path, limit: nil, isFixed: true, writer, known)
    }
  }

  private func storeFile(
    _ item: EpochItem, _ path: String, limit: Int?, isFixed: Bool, _ writer: ChunkWriter,
    _ known: KnownFiles
  ) throws -> BackupFile? {
    guard let (place, status) = try find(item, path) else {
      guard item.isNeeded else { return nil }
      throw Fault(
        .temporary, at: Place(path), "it went away while the epoch was being taken",
        remedy: "run the command again; if it happens again, see 'lake-verify'")
    }
    let origin = BackupFile.Origin(item.path, status)
    let size = min(limit ?? .max, status.byteCount)
    let mode = fileMode(of: place)
    if isFixed || size == status.byteCount, let chunks = known.chunks(of: origin) {
      return BackupFile(
        item.path, byteCount: status.byteCount, mode: mode, modified: status.modified,
        origin: origin, chunks: chunks)
    }
    let file = try lake.fileSystem.open(place)
    let source = LimitedBytes(file, size)
    let chunks = try writer.store(source, isFixed: isFixed)
    return BackupFile(
      item.path, byteCount: source.readCount, mode: mode, modified: status.modified,
      origin: source.readCount == status.byteCount ? origin : nil, chunks: chunks)
  }

  /// Where the file of an item lies: where it was, or where a vacuum has put it meanwhile.
  private func find(
    _ item: EpochItem, _ path: String
  ) throws(Fault) -> (String, FileStatus)? {
    for place in [path] + item.otherPlaces {
      if let status = try lake.fileSystem.status(of: place), status.kind == .file {
        return (place, status)
      }
    }
    return nil
  }

  /// The machine's clock, which the times of files are of.
  private static var machineTime: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    // The machine's own clock is no far one.
    return Timestamp(microseconds: Int64(time.tv_sec) &* Timestamp.microsecondsPerSecond)
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}

/// The files that the epoch before has, by what they were.
struct KnownFiles {
  private var chunks: [BackupFile.Origin: [ChunkID]] = [:]

  init(of epoch: Epoch?, in repository: BackupRepository) throws(Fault) {
    for part in epoch?.parts ?? [] {
      // A list that is lost is no reason to take no epoch: its files are read anew.
      guard let files = try? repository.files(of: part) else { continue }
      for file in files {
        guard let origin = file.origin, file.chunks.allSatisfy({ repository.index.has($0) })
        else { continue }
        chunks[origin] = file.chunks
      }
    }
  }

  /// The chunks of a file that has not changed since; nil for one that is to be read.
  func chunks(of origin: BackupFile.Origin) -> [ChunkID]? { chunks[origin] }
}

/// The first bytes of a file.
final class LimitedBytes: ByteSource {
  private let file: any ReadableFile
  private let limit: Int
  private(set) var readCount = 0

  init(_ file: any ReadableFile, _ limit: Int) {
    self.file = file
    self.limit = limit
  }

  func next() throws(Fault) -> [UInt8]? {
    let count = min(ContentCutter.fixedByteCount, limit - readCount)
    guard count > 0 else { return nil }
    let piece = try file.read(at: readCount, count: count)
    readCount += piece.count
    return piece.isEmpty ? nil : piece
  }
}
