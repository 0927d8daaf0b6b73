import Core
import JSON
package import LakeJobs

/// What `labels.yml` might say of a column, and what speaks for it.
package struct LabelProposal: Sendable, Equatable {
  package var table: LakeTableName
  package var column: String
  package var findings: [ColumnFinding]
  /// How many different values were looked at.
  package var valueCount: Int

  /// The labels, in the order of the file.
  package var labels: [String] { findings.map(\.label) }

  /// How sure the least sure of them is.
  package var confidence: Double { findings.map(\.confidence).min() ?? 0 }

  /// The rule, the share of values and some of these, masked.
  package var evidence: String {
    let parts = findings.map { finding in
      let share = Int((finding.share * 100).rounded())
      let samples = finding.samples.joined(separator: ", ")
      return "\(finding.rule): \(share) % of \(counted(valueCount, "value")), as \(samples)"
    }
    return parts.joined(separator: "; ") + "; confidence \(percent)"
  }

  private var percent: String { "\(Int((confidence * 100).rounded())) %" }

  /// The line of the file.
  var line: String {
    let labels = labels.count == 1 ? labels[0] : "[\(self.labels.joined(separator: ", "))]"
    let reason = Self.quoted(evidence, always: true)
    return "    \(Self.quoted(column)): {label: \(labels), evidence: \(reason)}\n"
  }

  /// A text as YAML has it: JSON's texts are YAML's too.
  static func quoted(_ text: String, always: Bool = false) -> String {
    let isPlain =
      text.utf8.allSatisfy {
        ($0 | 32) >= 97 && ($0 | 32) <= 122 || (48...57).contains($0) || $0 == 95
      }
    let isWord = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
      .contains(text.lowercased())
    let isNamed = isPlain && !isWord && text.first?.isLetter == true
    return isNamed && !always ? text : JSONWriter.text(.string(text))
  }
}
