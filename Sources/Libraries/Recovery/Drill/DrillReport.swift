package import Core
package import JSON

/// What a drill found: proven, failed or inconclusive, and never just done.
package struct DrillReport: Sendable, Equatable {
  /// What the backup is after it.
  package enum Verdict: String, Sendable {
    /// It was restored, and everything that was asked of it holds.
    case proven
    /// Something does not hold.
    case failed
    /// It could not be told: no room, no server. That is no proof.
    case inconclusive
  }

  /// One step of it.
  package struct Step: Sendable, Equatable {
    package let name: String
    package let verdict: Verdict
    /// What was found, or what is wrong and where.
    package let words: String
    package let seconds: Double

    package init(_ name: String, _ verdict: Verdict, _ words: String, seconds: Double) {
      self.name = name
      self.verdict = verdict
      self.words = words
      self.seconds = seconds
    }
  }

  package var scope: String
  package var seed: UInt64
  package var epoch = ""
  package var startedAt: Timestamp
  package var steps: [Step] = []
  /// Seconds between the newest event that came back and the drill.
  package var recoveryPoint: Double?
  /// Seconds from the beginning to the first right answer of a gold table.
  package var recoveryTime: Double?
  /// Seconds that it takes to make everything anew from bronze, where it was tried.
  package var rebuildTime: Double?
  /// What was damaged on purpose.
  package var damage: String?
  /// What keeps the drill from writing anywhere but its scratch.
  package var fence = ""
  /// The tables that were proven, and the days of them where only these were.
  package var proven: [String: [String]] = [:]
  /// All tables and logs of the epoch.
  package var known: [String] = []

  package init(scope: String, seed: UInt64, at startedAt: Timestamp) {
    self.scope = scope
    self.seed = seed
    self.startedAt = startedAt
  }

  /// The worst of its steps; a drill without any has shown nothing.
  package var verdict: Verdict {
    if steps.contains(where: { $0.verdict == .failed }) { return .failed }
    if steps.isEmpty || steps.contains(where: { $0.verdict == .inconclusive }) {
      return .inconclusive
    }
    return .proven
  }

  /// For programs.
  package var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { JSONValue(rounded($0)) } ?? .null }
    let list = steps.map { step -> JSONValue in
      [
        "step": .string(step.name), "verdict": .string(step.verdict.rawValue),
        "found": .string(step.words), "seconds": number(step.seconds),
      ]
    }
    return [
      "verdict": .string(verdict.rawValue), "scope": .string(scope), "epoch": .string(epoch),
      "started_at": .string("\(startedAt)"), "seed": .string("\(seed)"),
      "damage": damage.map { .string($0) } ?? .null, "fence": .string(fence),
      "rpo_seconds": number(recoveryPoint), "rto_seconds": number(recoveryTime),
      "rebuild_seconds": number(rebuildTime), "steps": .array(list),
      "proven": .object(
        JSONObject(proven.mapValues { .array($0.map { .string($0) }) })),
      "known": .array(known.map { .string($0) }),
    ]
  }

  /// Reads what `json` gives; nil when it is none.
  package init?(_ json: JSONValue) {
    guard let scope = json["scope"]?.string,
      let seed = json["seed"]?.string.flatMap(UInt64.init),
      let start = json["started_at"]?.string.flatMap({ Timestamp(parsing: $0) }),
      let list = json["steps"]?.array
    else { return nil }
    self.init(scope: scope, seed: seed, at: start)
    epoch = json["epoch"]?.string ?? ""
    damage = json["damage"]?.string
    fence = json["fence"]?.string ?? ""
    recoveryPoint = json["rpo_seconds"]?.double
    recoveryTime = json["rto_seconds"]?.double
    rebuildTime = json["rebuild_seconds"]?.double
    proven = (json["proven"]?.object?.dictionary ?? [:]).mapValues {
      ($0.array ?? []).compactMap(\.string)
    }
    known = (json["known"]?.array ?? []).compactMap(\.string)
    for item in list {
      guard let name = item["step"]?.string,
        let verdict = item["verdict"]?.string.flatMap(Verdict.init)
      else { return nil }
      steps.append(
        Step(
          name, verdict, item["found"]?.string ?? "", seconds: item["seconds"]?.double ?? 0))
    }
  }

  /// For people: a line a step, and what it comes to.
  package var text: String {
    var lines = steps.map { step in
      "\(step.verdict == .proven ? "ok" : step.verdict.rawValue): \(step.name): \(step.words)"
        + " (\(rounded(step.seconds)) s)"
    }
    if let recoveryPoint { lines.append("RPO \(rounded(recoveryPoint)) s") }
    if let recoveryTime { lines.append("RTO \(rounded(recoveryTime)) s") }
    if let rebuildTime, let recoveryTime {
      lines.append(
        "made anew from bronze in \(rounded(rebuildTime)) s: "
          + (rebuildTime < recoveryTime ? "rebuilding" : "restoring") + " is faster")
    }
    lines.append(
      "\(verdict.rawValue): \(scope) of epoch \(epoch), seed \(seed), \(fence)"
        + (damage.map { ", with \($0) damaged on purpose" } ?? ""))
    return lines.map { $0 + "\n" }.joined()
  }
}

/// Seconds down to the hundredth.
private func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
