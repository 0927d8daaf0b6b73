package import Core
import JSON
import TextFormats

/// Takes JSON lines into a bronze dataset: events as they came, what is not an event set aside.
package struct EventIngest {
  /// What an input is read from.
  package enum Input {
    case file(String)
    /// A pipe: its name in messages, and its bytes.
    case stream(String, any ByteSource)
  }

  /// What became of the inputs.
  package struct Outcome {
    /// Nil when nothing was new.
    package var commit: BronzeCommit?
    package var acceptedCount = 0
    package var rejectedCount = 0
    /// Inputs that an earlier run took.
    package var known: [String] = []
    /// Inputs without a line.
    package var empty: [String] = []
  }

  private let lake: Lake
  private let log: BronzeLog
  private let tool: String
  private let table: LakeTableName
  /// Fields an event must have, as texts that are not empty.
  private let requiredFields: [String]
  /// The greatest share of lines that may be set aside.
  private let rejectLimit: Double
  private let threadCount: Int
  private let fileByteCount: Int

  /// Files of events hold about `fileByteCount` bytes before compression at most: readers take
  /// them one at a time, several at once.
  package init(
    lake: Lake, contract: BronzeContract, tool: String, requiredFields: [String],
    rejectLimit: Double, threadCount: Int, fileByteCount: Int = 64 << 20
  ) {
    self.lake = lake
    self.tool = tool
    self.requiredFields = requiredFields
    self.rejectLimit = rejectLimit
    self.threadCount = threadCount
    self.fileByteCount = fileByteCount
    table = contract.name
    log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
  }

  /// Takes the inputs that are new, all in one commit; `.data` when an input is mostly not events.
  package func take(
    _ inputs: [Input], progress: (String, Int) -> Void = { _, _ in }
  ) throws -> Outcome {
    var outcome = Outcome()
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    var known = KnownInputs(try log.inputs())
    for input in inputs {
      try take(input, append, &known, &outcome, progress)
    }
    outcome.commit = try append.commit()
    return outcome
  }

  /// What `take` would find new, without taking it.
  package func newInputs(among inputs: [Input]) throws -> [String] {
    let known = KnownInputs(try log.inputs())
    return try inputs.compactMap { input in
      guard case .file(let path) = input else { return nil }
      return known.has(path, try Self.checkedStatus(of: path, lake.fileSystem)) ? nil : path
    }
  }

  private func take(
    _ input: Input, _ append: BronzeAppend, _ known: inout KnownInputs, _ outcome: inout Outcome,
    _ progress: (String, Int) -> Void
  ) throws {
    let name: String
    let bytes: any ByteSource
    var status: FileStatus?
    switch input {
    case .file(let path):
      let found = try Self.checkedStatus(of: path, lake.fileSystem)
      if known.has(path, found) {
        outcome.known.append(path)
        return
      }
      name = path
      status = found
      // Small pieces stay in the cache from the digest to the block that they are copied to.
      bytes = FileBytes(try lake.fileSystem.open(path), pieceByteCount: 64 << 10)
    case .stream(let given, let source):
      name = given
      bytes = source
    }
    let digesting = DigestingSource(bytes)
    let sorting = try EventSorting(
      digesting, at: Place(name), threads: threadCount, requiredFields: requiredFields,
      events: RawFileWriter(append, lake.fileSystem, fileByteCount: fileByteCount),
      rejects: RejectWriter(
        append, lake, table, source: name, fileByteCount: fileByteCount))
    let isNew: Bool
    do {
      try sorting.run { progress(name, $0) }
      let taken = BronzeInput(
        name: name, byteCount: digesting.byteCount, modified: status?.modified,
        digest: digesting.finish())
      isNew = !known.contains(digest: taken.digest)
      if isNew, sorting.lineCount > 0 {
        try check(sorting, name)
        known.insert(taken)
        append.add(taken)
      }
    } catch {
      sorting.discard()
      throw error
    }
    guard isNew, sorting.lineCount > 0 else {
      sorting.discard()
      if isNew { outcome.empty.append(name) } else { outcome.known.append(name) }
      return
    }
    try sorting.publish()
    outcome.acceptedCount += sorting.acceptedCount
    outcome.rejectedCount += sorting.rejectedCount
  }

  private func check(_ sorting: EventSorting, _ name: String) throws(Fault) {
    let share = Double(sorting.rejectedCount) / Double(sorting.lineCount)
    guard sorting.acceptedCount == 0 || share > rejectLimit else { return }
    throw Fault(
      .data, at: Place(name, line: sorting.firstRejectedLine),
      "\(sorting.rejectedCount) of \(sorting.lineCount) lines are not events "
        + "(\(sorting.firstReason ?? "unknown")); nothing was taken",
      remedy: "check that this is the right file, or raise --max-rejects")
  }

  /// What stands at `path`, which must be a file.
  static func checkedStatus(
    of path: String, _ fileSystem: any FileSystem
  ) throws(Fault) -> FileStatus {
    guard let status = try fileSystem.status(of: path) else {
      throw Fault(
        .missing, at: Place(path), "there is no such file", remedy: "check the name")
    }
    guard !status.isDirectory else {
      throw Fault(
        .missing, at: Place(path), "this is a folder, not a file",
        remedy: "name files, or name the folder in sources.yml")
    }
    return status
  }
}

/// Passes bytes on and digests them as they pass.
final class DigestingSource: ByteSource {
  private let source: any ByteSource
  private let digest = SHA256()
  private(set) var byteCount = 0

  init(_ source: any ByteSource) { self.source = source }

  func next() throws(Fault) -> [UInt8]? {
    guard let bytes = try source.next() else { return nil }
    digest.append(bytes)
    byteCount += bytes.count
    return bytes
  }

  /// SHA-256 of all that passed, in hex.
  func finish() -> String { hexText(digest.finish()) }
}
