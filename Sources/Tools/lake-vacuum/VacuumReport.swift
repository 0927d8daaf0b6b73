import Core
import JSON
import Maintenance
import UnixTool

/// What a vacuum found or did, table by table.
final class VacuumReport {
  private let isDone: Bool
  private let format: VacuumFormat
  private let console: Console
  private var fileCount = 0
  private var byteCount = 0

  init(isDone: Bool, _ format: VacuumFormat, _ console: Console) {
    self.isDone = isDone
    self.format = format
    self.console = console
  }

  func write(_ outcome: Vacuum.Outcome) throws(Fault) {
    let plan = outcome.plan
    fileCount += plan.candidates.count - outcome.returnedCount
    byteCount = byteCount.saturatingAdd(plan.byteCount)
    for file in plan.candidates {
      console.note("\(plan.table.name): \(file.path), \(words(file.kind))")
    }
    switch format {
    case .json: try console.output.write(JSONWriter.text(json(outcome)) + "\n")
    case .text: for line in lines(outcome) { try console.write(line) }
    }
  }

  func write(undone count: Int, of table: MaintainedTable) throws(Fault) {
    guard count > 0 else { return }
    switch format {
    case .json:
      let value: JSONValue = [
        "table": .string("\(table.name)"), "returned_files": JSONValue(count),
      ]
      try console.output.write(JSONWriter.text(value) + "\n")
    case .text: try console.write("\(table.name): \(counted(count, "file")) put back")
    }
  }

  /// Says how the rest is done.
  func finish() throws(Fault) {
    guard fileCount > 0, !isDone, format == .text else { return }
    console.say(
      "\(counted(fileCount, "file")) of \(counted(byteCount, "byte")) may go: "
        + "'lake-vacuum --delete' moves them to the trash")
  }

  private func lines(_ outcome: Vacuum.Outcome) -> [String] {
    let plan = outcome.plan
    var parts = VacuumPlan.Kind.allCases.filter { plan.fileCount($0) > 0 }.map { kind in
      "\(counted(plan.fileCount(kind), "file")) \(words(kind))"
    }
    var lines: [String] = []
    if !parts.isEmpty {
      parts[parts.count - 1] += " (\(counted(plan.byteCount, "byte")))"
      lines.append("\(isDone ? "moved to the trash" : "may go"): \(parts.joined(separator: ", "))")
    }
    for kept in plan.kept {
      lines.append(
        "stay: \(counted(kept.fileCount, "file")) (\(counted(kept.byteCount, "byte"))), \(kept.why)"
      )
    }
    if outcome.deletedCount > 0 {
      let files = counted(outcome.deletedCount, "file")
      lines.append(isDone ? "deleted from the trash: \(files)" : "due in the trash: \(files)")
    }
    if outcome.trashCount > 0 {
      lines.append("in the trash: \(counted(outcome.trashCount, "file"))")
    }
    if outcome.returnedCount > 0 {
      lines.append("put back, for a version has them again: \(outcome.returnedCount)")
    }
    return lines.map { "\(plan.table.name): \($0)" }
  }

  private func words(_ kind: VacuumPlan.Kind) -> String {
    switch kind {
    case .removed: "of old versions"
    case .orphan: "of no version"
    case .log: "of the log"
    }
  }

  private func json(_ outcome: Vacuum.Outcome) -> JSONValue {
    let plan = outcome.plan
    return [
      "table": .string("\(plan.table.name)"), "version": JSONValue(plan.version),
      "done": .bool(isDone), "bytes": JSONValue(plan.byteCount),
      "removed_files": JSONValue(plan.fileCount(.removed)),
      "orphans": JSONValue(plan.fileCount(.orphan)), "log_files": JSONValue(plan.fileCount(.log)),
      "kept": .array(
        plan.kept.map { kept in
          [
            "why": .string(kept.why), "files": JSONValue(kept.fileCount),
            "bytes": JSONValue(kept.byteCount),
          ]
        }),
      "deleted_files": JSONValue(outcome.deletedCount),
      "trash_files": JSONValue(outcome.trashCount),
      "returned_files": JSONValue(outcome.returnedCount),
    ]
  }
}
