import Bronze
import Columnar
import Compression
import Core
import Delta
import LakeJobs
import Parquet

/// Searches all that lies below a lake's folder for a person: the names of files, their bytes, and
/// what these are when they are unpacked.
struct LakeSearch {
  /// What was searched, and where the person still stands.
  struct Outcome {
    var fileCount = 0
    var byteCount = 0
    var found: [String] = []
    /// Where it stands and cannot go: the record of acts is never changed.
    var kept: [String] = []
  }

  private let lake: Lake
  private let scrub: ValueScrub
  private var files: any FileSystem { lake.fileSystem }

  init(_ lake: Lake, _ scrub: ValueScrub) {
    self.lake = lake
    self.scrub = scrub
  }

  /// Searches all but the notes of erasures.
  func search() throws -> Outcome {
    var outcome = Outcome()
    for path in try Tree(files).files(in: lake.root) {
      let name = String(path.dropFirst(lake.root.utf8.count + 1))
      if name.hasPrefix("\(ErasureFolder.name)/") { continue }
      outcome.fileCount += 1
      let isNamed = scrub.occurs(in: Array(name.utf8)[...])
      guard try isNamed || holds(path, &outcome.byteCount) else { continue }
      if name.hasPrefix("_audit/") { outcome.kept.append(name) } else { outcome.found.append(name) }
    }
    return outcome
  }

  private func holds(_ path: String, _ byteCount: inout Int) throws -> Bool {
    let file = try files.open(path)
    if try occurs(in: FilePieces(file), &byteCount) { return true }
    let packed = DecompressingReader(file, at: Place(path))
    _ = try? packed.next()
    if packed.codec != .none {
      let unpacked = DecompressingReader(try files.open(path), at: Place(path))
      return try occurs(in: unpacked, &byteCount)
    }
    guard path.hasSuffix(".parquet"), let reader = try? FileReader(file, at: Place(path)) else {
      return false
    }
    let rows = RowScrub(
      Person(kind: "", keys: [:], values: []), RowRoles(keys: [], personal: []), scrub)
    let seals = try seals(of: reader, path)
    let batches = try reader.batches()
    while let batch = try batches.next() {
      if rows.scrubbed(try seals?.opened(batch) ?? batch) != nil { return true }
    }
    return false
  }

  private func seals(of reader: FileReader, _ path: String) throws(Fault) -> FileSeals? {
    guard let table = try table(around: path), let schema = try table.snapshot()?.schema,
      schema.hasSeals
    else { return nil }
    return try FileSeals(
      of: try table.mappedNames().logical(reader.schema), in: schema, lake.keys, at: reader.place)
  }

  /// The Delta table that a file is of; nil when it is of none.
  private func table(around path: String) throws(Fault) -> Table? {
    var folder = parent(of: path)
    while folder.utf8.count > lake.root.utf8.count {
      if lastComponent(of: folder) == Table.logFolder { return nil }
      if try files.exists("\(folder)/\(Table.logFolder)") {
        return lake.table(in: folder)
      }
      folder = parent(of: folder)
    }
    return nil
  }

  /// Pieces overlap, so that a value that lies across the end of one is found.
  private func occurs(in source: any ByteSource, _ byteCount: inout Int) throws -> Bool {
    var tail: [UInt8] = []
    while let piece = try source.next() {
      byteCount += piece.count
      let bytes = tail + piece
      if scrub.occurs(in: bytes[...]) { return true }
      tail = Array(bytes.suffix(1_024))
    }
    return false
  }
}

/// The bytes of a file, piece by piece.
private final class FilePieces: ByteSource {
  private let file: any ReadableFile
  private var offset = 0

  init(_ file: any ReadableFile) { self.file = file }

  func next() throws(Fault) -> [UInt8]? {
    guard offset < file.byteCount else { return nil }
    let piece = try file.read(at: offset, count: 1 << 20)
    offset += piece.count
    return piece.isEmpty ? nil : piece
  }
}
