import Bronze
import Core
import Database
import LakeJobs
import PostgreSQL

/// How a system's extraction by logical decoding stands, in words.
struct LogicalStanding {
  private let system: SourcesFile.SourceSystem
  private let workspace: Workspace
  private let session: LogicalSession

  init(of system: SourcesFile.SourceSystem, _ workspace: Workspace) throws(Fault) {
    self.system = system
    self.workspace = workspace
    session = try LogicalSession(system)
  }

  /// What is read next, how much log the server keeps for that, and for how long it can.
  func lines() throws(Fault) -> [String] {
    let server = try session.server()
    let known = try SlotMemory.read(of: system, in: workspace.lake)
    let (memory, slot) = try SlotCheck(session, known).check(
      server, try PublishedTables(session))
    var lines = [
      "\(system.name): what was committed after \(memory.confirmed) is read next, by the slot "
        + "'\(session.slot)' and the publication '\(session.publication)'"
    ]
    let kept = slot.restart.map { bytes(from: $0, to: server.logEnd) } ?? 0
    let unread = slot.confirmed.map { bytes(from: $0, to: server.logEnd) } ?? 0
    lines.append(
      "\(system.name): the server keeps \(sizeText(kept)) of log for it, \(sizeText(unread)) of "
        + "them not read yet")
    lines.append("\(system.name): \(try limitWords(kept, unread, since: memory, server))")
    for table in system.tables { lines.append(try words(of: table, memory)) }
    return lines
  }

  private func words(
    of table: SourcesFile.SourceTable, _ memory: SlotMemory
  ) throws(Fault) -> String {
    let name = "\(system.name).\(table.name)"
    guard let contract = workspace.contract(system: system.name, entity: table.name) else {
      return "\(name): no bronze table takes it"
    }
    let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    guard let last = try log.latest() else { return "\(name): is read for the first time next" }
    guard let state = LogicalState(last.state), state.epoch == memory.epochs[table.name] else {
      return "\(name): is compared with bronze next, for its log was not followed"
    }
    guard let key = state.snapshotKey else {
      return "\(name): bronze has what was committed before \(state.position)"
    }
    return "\(name): the first snapshot goes on behind the row (\(key.joined(separator: ", ")))"
  }

  /// How long the server can go on keeping what is not read.
  private func limitWords(
    _ kept: UInt64, _ unread: UInt64, since memory: SlotMemory, _ server: ServerFacts
  ) throws(Fault) -> String {
    let limits = try session.texts(
      "SELECT setting FROM pg_settings WHERE name = 'max_slot_wal_keep_size'")
    let mebibytes = limits.first?.first?.flatMap { Int64($0) } ?? -1
    guard mebibytes >= 0 else {
      return "the server has no limit for that but its disk: max_slot_wal_keep_size is not set"
    }
    let limit = UInt64(mebibytes) << 20
    let left = limit > kept ? limit - kept : 0
    // Both are times of one clock, of which no one is near the end of numbers.
    let seconds = Double(server.now.microseconds &- memory.confirmedAt.microseconds) / 1_000_000
    let words = "max_slot_wal_keep_size allows \(sizeText(limit)), which leaves \(sizeText(left))"
    guard seconds > 0, unread > 0 else { return words }
    let hours = Double(left) / (Double(unread) / seconds) / 3_600
    return "\(words): \(spanText(hours)) as fast as the log has grown since the last run"
  }

  private func bytes(from start: LogPosition, to end: LogPosition) -> UInt64 {
    end.byteOffset > start.byteOffset ? end.byteOffset - start.byteOffset : 0
  }

  private func spanText(_ hours: Double) -> String {
    if hours >= 48 { return hours < 87_600 ? "\(Int(hours / 24)) days" : "more than ten years" }
    return hours >= 2 ? "\(Int(hours)) hours" : "\(Int(hours * 60)) minutes"
  }

  /// `21.3 MiB`, `12 KiB`, `900 bytes`.
  private func sizeText(_ count: UInt64) -> String {
    switch count {
    case ..<1_024: counted(Int(count), "byte")
    case ..<(1 << 20): "\(count >> 10) KiB"
    case ..<(1 << 30): "\(tenths(count, 20)) MiB"
    default: "\(tenths(count, 30)) GiB"
    }
  }

  private func tenths(_ count: UInt64, _ shift: UInt64) -> String {
    let tenths = Int(Double(count) * 10 / Double(UInt64(1) << shift))
    return "\(tenths / 10).\(tenths % 10)"
  }
}
