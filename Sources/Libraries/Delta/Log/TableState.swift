import Core

/// A table as the actions so far leave it: what replaying a log builds.
struct TableState: Sendable {
  var tableProtocol: TableProtocol?
  var metadata: TableMetadata?
  var transactions: [String: ApplicationTransaction] = [:]
  var domains: [String: DomainMetadata] = [:]
  /// The last commit replayed; nil when its log line is not at hand.
  var commit: CommitRecord?
  private var slots: [AddedFile?] = []
  private var slotOfFile: [FileKey: Int] = [:]
  private var tombstones: [FileKey: RemovedFile] = [:]
  private var removalOrder: [FileKey] = []
  /// How many live files there are with a deletion vector, by path.
  private var vectoredPaths: [[UInt8]: Int] = [:]

  /// The live files, in the order they were added.
  var files: [AddedFile] { slots.compactMap { $0 } }

  /// Whether a live file has `path`, whatever deletion vector it has.
  func hasFile(at path: String) -> Bool {
    let key = FileKey(path, nil)
    return slotOfFile[key] != nil || vectoredPaths[key.path] != nil
  }

  /// The files removed and not added again, in the order they were removed.
  var removals: [RemovedFile] {
    var seen: Set<FileKey> = []
    return removalOrder.reversed().compactMap { seen.insert($0).inserted ? tombstones[$0] : nil }
      .reversed()
  }

  /// The protocol; `.data` when no action named it.
  func namedProtocol(at place: Place) throws(Fault) -> TableProtocol {
    if let tableProtocol { return tableProtocol }
    throw Fault(
      .data, at: place, "the log names no protocol", remedy: "restore the log from a copy")
  }

  /// The metadata; `.data` when no action named it.
  func namedMetadata(at place: Place) throws(Fault) -> TableMetadata {
    if let metadata { return metadata }
    throw Fault(
      .data, at: place, "the log has no table metadata", remedy: "restore the log from a copy")
  }

  /// Takes one action in.
  mutating func apply(_ action: Action) {
    switch action {
    case .tableProtocol(let value): tableProtocol = value
    case .metadata(let value): metadata = value
    case .transaction(let value): transactions[value.application] = value
    case .domainMetadata(let value): domains[value.domain] = value.isRemoved ? nil : value
    case .commitInfo(let record): commit = record
    case .add(let file): add(file)
    case .remove(let file): remove(file)
    case .sidecar, .changeFile, .other: break
    }
  }

  private mutating func add(_ file: AddedFile) {
    let key = FileKey(file.path, file.deletionVector)
    tombstones[key] = nil
    if let slot = slotOfFile[key] {
      slots[slot] = file
      return
    }
    if key.vector != nil { vectoredPaths[key.path, default: 0] += 1 }
    slotOfFile[key] = slots.count
    slots.append(file)
  }

  private mutating func remove(_ file: RemovedFile) {
    let key = FileKey(file.path, file.deletionVector)
    if let slot = slotOfFile.removeValue(forKey: key) {
      slots[slot] = nil
      if key.vector != nil {
        let rest = (vectoredPaths[key.path] ?? 1) - 1
        vectoredPaths[key.path] = rest > 0 ? rest : nil
      }
    }
    tombstones[key] = file
    removalOrder.append(key)
    if slots.count > 64, slotOfFile.count * 4 < slots.count { compact() }
  }

  private mutating func compact() {
    slots = slots.filter { $0 != nil }
    for (index, file) in slots.enumerated() {
      if let file { slotOfFile[FileKey(file.path, file.deletionVector)] = index }
    }
  }
}

/// What makes a data file of the log one and the same: its path, however spelled, and the deletion
/// vector it has.
struct FileKey: Hashable, Sendable {
  // By bytes: two spellings of one text are two files.
  var path: [UInt8]
  var vector: String?

  init(_ path: String, _ vector: DeletionVectorDescriptor?) {
    self.path = [UInt8](FilePath.decode(path).utf8)
    self.vector = vector?.uniqueID
  }
}
