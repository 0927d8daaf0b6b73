package import Audit
package import Core
package import UnixTool

extension LakeOptions {
  /// The record of the lake that the options name, for what this run does. An act that is to be
  /// recorded tells of itself there before it changes anything.
  package func audit(_ console: Console) -> AuditLog {
    // Whose lake it is may read of it what the lake's readers may.
    if chosenReaders == nil { Readers.follow(lake) }
    return AuditLog(
      lake: lake, files: LocalFileSystem(),
      by: .present(tool: console.toolName, runID: console.runID),
      givenTime: console.hasChosenClock ? console.clock.now : nil, warn: console.warn
    ) {
      Console.systemTime
    }
  }

  /// Has the record told of each server that is spoken to without making sure who answers.
  func recordWeakTransport(_ console: Console) {
    nonisolated(unsafe) let talker = console
    let options = self
    WeakTransport.telling("record") { server, how throws(Fault) in
      guard try LocalFileSystem().exists(options.lake) else { return }
      // Who acts is looked for only now: most runs have nothing to tell.
      try options.audit(talker).append(
        AuditEntry(kind: "transport.weak", subject: server, details: [("how", how)]))
    }
  }

  /// An entry of the record; `why` is kept where it was said.
  package func entry(
    _ kind: String, _ subject: String, _ details: [(name: String, value: String)] = [],
    why: String? = nil
  ) -> AuditEntry {
    AuditEntry(
      kind: kind, subject: subject,
      details: details + (why.map { [("why", $0)] } ?? []))
  }

  /// Records that somebody is about to be shown what columns hold of people, if `read` says so:
  /// which tables, and what else there is to tell. What is not recorded is not shown.
  package func record(
    _ read: (tables: String, details: [(name: String, value: String)])?, _ console: Console
  ) throws(Fault) {
    guard let read else { return }
    try audit(console).append(entry("read.labelled", read.tables, read.details))
  }

  /// The folder of that record.
  package var auditFolder: AuditFolder { AuditFolder(lake: lake, files: LocalFileSystem()) }
}
