import Core
import JSON
import Maintenance
import UnixTool

/// What was found, as it is found.
final class VerifyReport {
  private let format: VerifyFormat
  private let console: Console
  private var subjectCount = 0
  private var damageCount = 0
  private var noteCount = 0

  init(_ format: VerifyFormat, _ console: Console) {
    self.format = format
    self.console = console
  }

  func begin(_ name: String) {
    subjectCount += 1
    console.note("\(name): looked at")
  }

  func write(_ finding: VerifyFinding) throws(Fault) {
    if finding.level == .note || finding.isRepaired { noteCount += 1 } else { damageCount += 1 }
    let word = finding.isRepaired ? "repaired" : finding.level.rawValue
    try write(
      word, finding.table, at: "\(finding.place)", finding.problem,
      remedy: finding.isRepaired ? "it is made anew when it is needed" : finding.remedy)
  }

  func write(warehouse problem: String, at place: Place) throws(Fault) {
    damageCount += 1
    try write(
      "damage", "warehouse", at: "\(place)", problem, remedy: "load it anew with --full-refresh")
  }

  /// Throws when something is wrong.
  func finish() throws(Fault) {
    if format == .text {
      try console.write(
        "\(counted(subjectCount, "table")) looked at: \(damageCount) wrong, "
          + "\(counted(noteCount, "note"))")
    }
    guard damageCount > 0 else { return }
    throw Fault(
      .data,
      "\(counted(damageCount, "thing")) \(damageCount == 1 ? "is" : "are") not as the logs "
        + "say", remedy: "do as the report says of each")
  }

  private func write(
    _ word: String, _ table: String, at path: String, _ problem: String, remedy: String
  ) throws(Fault) {
    switch format {
    case .text: try console.write("\(word): \(table): \(path): \(problem); \(remedy)")
    case .json:
      try console.output.write(
        JSONWriter.text([
          "level": .string(word), "table": .string(table), "path": .string(path),
          "problem": .string(problem), "remedy": .string(remedy),
        ]) + "\n")
    }
  }
}
