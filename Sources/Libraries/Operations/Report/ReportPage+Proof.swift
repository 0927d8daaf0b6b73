import Core
import Pages

/// What would come back if the disk were gone: what drills have proven.
extension ReportPage {
  /// Empty where nobody ever drilled.
  var proof: Markup {
    guard let last = facts.drills.last else { return "" }
    let rows = ["part", "whole"].map { scope -> Markup in
      let days = OldProofs.days(of: scope)
      let proven = OldProofs.last(of: scope, in: facts.drills)
      let isOld = proven.map { ($0.time.adding(seconds: days * 86_400) ?? $0.time) < facts.now }
      let words: Markup =
        proven.map { drill -> Markup in
          let style = isOld == true ? "bad" : "good"
          return """
            <span class="\(style)">\(time.short(drill.time))</span> \
            (\(spanText(from: drill.time, to: facts.now)) ago)
            """
        } ?? "<span class=\"bad\">never</span>"
      return """
        <tr><th scope="row">\(scope == "whole" ? "All of it" : "A table and a day")</th>\
        <td>\(words)</td><td class="n">\(Int(days)) days</td></tr>
        """
    }
    return """
      <p>\(lastDrill(last)) \(measured)</p>
      \(table("When the backup was last proven", ["What", "Proven", "#Holds for"], rows))
      \(coverage)
      """
  }

  private func lastDrill(_ drill: DrillLine) -> Markup {
    let style = drill.verdict == "proven" ? "good" : "bad"
    let wrong = drill.wrong.isEmpty ? "" : ": \(drill.wrong.joined(separator: "; "))"
    return """
      The last drill, of \(time.short(drill.time)), came to \
      <span class="\(style)">\(drill.verdict)</span>\(wrong).
      """
  }

  /// What would be lost, and how long nobody could ask.
  private var measured: Markup {
    let drill = facts.drills.last { $0.recoveryPoint != nil && $0.recoveryTime != nil }
    guard let drill, let point = drill.recoveryPoint, let delay = drill.recoveryTime else {
      return ""
    }
    let rebuilt =
      drill.rebuildTime.map { ", and made anew from bronze in \(Self.span($0))" } ?? ""
    return """
      RPO \(Self.span(point)), RTO \(Self.span(delay)): so old was the newest event that came \
      back, and so long it took to the first right answer\(rebuilt).
      """
  }

  /// The tables that no drill has proven, of those that the last one knew.
  private var coverage: Markup {
    guard let known = facts.drills.last(where: { !$0.known.isEmpty })?.known else { return "" }
    var proven: Set<String> = []
    for drill in facts.drills where drill.isProof { proven.formUnion(drill.proven) }
    let never = known.filter { !proven.contains($0) }.sorted()
    let count = known.count - never.count
    return """
      <p>\(counted(count, "table")) of \(known.count) \(count == 1 ? "was" : "were") proven by \
      some drill\(never.isEmpty ? "." : "; never: \(Self.joined(never)).")</p>
      """
  }

  /// Seconds as people say them; less than one counts as one.
  private static func span(_ seconds: Double) -> String {
    spanText(seconds: Int64(min(max(1, seconds.rounded()), 1e12)))
  }
}
