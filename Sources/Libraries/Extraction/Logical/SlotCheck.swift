import Core
import LakeJobs
import PostgreSQL

/// Whether a server, its slot and what is remembered of them agree. Where they do not, changes
/// would be lost or come twice: each such case is told with its way out.
struct SlotCheck {
  private let session: LogicalSession
  private let memory: SlotMemory?

  init(_ session: LogicalSession, _ memory: SlotMemory?) {
    self.session = session
    self.memory = memory
  }

  /// What is remembered and the slot as it stands; `.configuration` when they do not agree,
  /// `.temporary` while someone else reads the slot.
  func check(
    _ server: ServerFacts, _ published: PublishedTables
  ) throws(Fault) -> (memory: SlotMemory, slot: SlotFacts) {
    guard let slot = try session.slotFacts() else {
      throw fault(
        memory == nil
          ? "the system has no replication slot '\(session.slot)' yet"
          : "the replication slot '\(session.slot)' was dropped")
    }
    guard let memory else { throw unknown }
    guard memory.system == server.system else {
      throw fault("the server is another one than the one that was read")
    }
    guard memory.timeline == server.timeline, memory.confirmed <= server.logEnd else {
      throw .restored(session)
    }
    guard memory.publication == published.id else {
      throw fault("the publication '\(session.publication)' was made anew")
    }
    guard slot.plugin == "pgoutput", slot.isHere else {
      throw fault("the replication slot '\(session.slot)' is one of something else")
    }
    guard !slot.isLost, let confirmed = slot.confirmed else {
      throw fault(
        "the server has thrown away log that was not read yet, since it was more than its "
          + "max_slot_wal_keep_size")
    }
    guard confirmed <= memory.confirmed else {
      throw fault("someone else has moved the replication slot '\(session.slot)'")
    }
    if let reader = slot.reader {
      throw Fault(
        .temporary, at: session.connection.place,
        "the replication slot '\(session.slot)' is being read by process \(reader)",
        remedy: "run the command again when that is done")
    }
    return (memory, slot)
  }

  /// That the server has the slot, and this lake does not know it.
  var unknown: Fault {
    Fault(
      .configuration, at: session.connection.place,
      "this lake does not know the replication slot '\(session.slot)', which may be another's",
      remedy: "restore the system's '_slot.json', name another 'slot:', or run 'cdc-extract "
        + "--teardown \(session.system.name)' and --setup")
  }

  /// A fault that setting up mends.
  private func fault(_ problem: String) -> Fault {
    let next = memory == nil ? "" : ", and the next run compares the tables with bronze"
    return Fault(
      .configuration, at: session.connection.place, problem,
      remedy: "run 'cdc-extract --setup \(session.system.name)'\(next)")
  }
}
