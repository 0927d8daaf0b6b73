import Core
import JSON
import LakeJobs
import LakeTool
import Recovery
import UnixTool

extension BackupDesk {
  /// Holds the backup against itself.
  func verify(_ report: ReportOptions) throws {
    let key = try Recipients.key(keyText(), at: Place(backup.keyName))
    let seed = UInt64(bitPattern: console.clock.now.microseconds)
    let reading: BackupAudit.Reading =
      switch choice.reading?.share {
      case nil: .nothing
      case 1?: .everything
      case let share?: .share(share, seed: seed)
      }
    let audit = BackupAudit(of: place, key, reading: reading) { done, total in
      console.progress("reading packs", done: done, of: total, "pack")
    }
    let found = try audit.report()
    for finding in found.findings {
      if report.format == .json {
        try console.output.write(JSONWriter.text(json(finding)) + "\n")
      } else {
        let needed =
          finding.epochs.isEmpty ? "" : " (needed by \(finding.epochs.joined(separator: ", ")))"
        try console.write(
          "\(finding.kind.rawValue): \(finding.file): \(finding.problem)\(needed); "
            + finding.remedy
        )
      }
    }
    if report.format == .text {
      try console.write(
        "\(counted(found.epochCount, "epoch")), \(counted(found.packCount, "pack")), "
          + "\(found.readPackCount) read: \(found.findings.count) wrong")
    }
    guard found.findings.isEmpty else {
      throw Fault(
        .data,
        "\(counted(found.findings.count, "thing")) in the backup "
          + "\(found.findings.count == 1 ? "is" : "are") not as written",
        remedy: "do as the report says of each")
    }
  }

  private func json(_ finding: BackupFinding) -> JSONValue {
    [
      "class": .string(finding.kind.rawValue), "file": .string(finding.file),
      "problem": .string(finding.problem), "remedy": .string(finding.remedy),
      "epochs": .array(finding.epochs.map { .string($0) }),
    ]
  }

  /// Takes epochs out that no rule keeps.
  func forget(isTrial: Bool) throws {
    let lock = try lake.lakehouse(console).lockBackups()
    defer { lock.unlock() }
    let repository = try opened()
    var retention = BackupRetention()
    retention.last = choice.keepLast
    retention.daily = choice.keepDaily
    retention.weekly = choice.keepWeekly
    retention.monthly = choice.keepMonthly
    retention.yearly = choice.keepYearly
    let epochs = try repository.epochs()
    let kept = retention.kept(of: epochs)
    for epoch in epochs {
      try console.write(
        "\(epoch.name): "
          + (kept[epoch.name].map { "kept: \($0.joined(separator: ", "))" }
            ?? (isTrial ? "would be forgotten" : "forgotten")))
    }
    if isTrial { return }
    let going = epochs.filter { kept[$0.name] == nil }
    if going.isEmpty { return try pruneIfAsked(repository) }
    try recording("forget", going.map(\.name).joined(separator: " ")) {
      try repository.forget(going, by: console.runID, at: console.clock.now)
    }
    try pruneIfAsked(repository)
  }

  private func pruneIfAsked(_ repository: BackupRepository) throws {
    if choice.prunes { try tell(try repository.prune(threads: lake.threads), isTrial: false) }
  }

  /// Frees the room of what no epoch needs.
  func prune(isTrial: Bool) throws {
    let lock = try lake.lakehouse(console).lockBackups()
    defer { lock.unlock() }
    let repository = try opened()
    try tell(
      isTrial ? try repository.prunePlan() : try repository.prune(threads: lake.threads),
      isTrial: isTrial)
  }

  private func tell(_ plan: PrunePlan, isTrial: Bool) throws(Fault) {
    try console.write(
      "\(counted(plan.unused.count, "pack")) \(isTrial ? "would go" : "gone"), "
        + "\(plan.sparse.count) \(isTrial ? "to be " : "")written anew without what nobody needs: "
        + "\(plan.freedByteCount) bytes free, \(plan.keptByteCount) kept")
  }
}
