import Core
import JSON
import Recovery
import UnixTool

/// Which tables were proven, and when.
struct ProofList {
  private let proofs: [String: DrillRecord.Proof]

  init(_ proofs: [String: DrillRecord.Proof]) { self.proofs = proofs }

  func write(_ report: ReportOptions, to console: Console) throws(Fault) {
    for (name, proof) in proofs.sorted(by: { $0.key < $1.key }) {
      let last = ([proof.whole] + proof.days.values.map { $0 }).compactMap { $0 }.max()
      let days = proof.days.keys.sorted()
      switch report.format {
      case .text:
        try console.write(
          "\(name): \(last.map { "proven \($0)" } ?? "never proven")"
            + (days.isEmpty ? "" : ", days by themselves: \(days.joined(separator: ", "))"))
      case .csv:
        try console.write("\(name),\(last.map { "\($0)" } ?? ""),\(days.joined(separator: " "))")
      case .json:
        try console.output.write(
          JSONWriter.text([
            "table": .string(name), "proven": last.map { .string("\($0)") } ?? .null,
            "days": .array(days.map { .string($0) }),
          ]) + "\n")
      }
    }
  }
}
