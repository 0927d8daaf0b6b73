package import Core

/// How much of an epoch is restored.
package enum RestoreScope: Sendable, Equatable {
  case whole
  /// These tables and logs, with what goes with them, and the job files.
  case tables([String])
  /// What tables and logs have of one day: its partition, or what came in on it.
  case day(CivilDate, [String])

  /// The names that were asked for; empty for all.
  var names: [String] {
    switch self {
    case .whole: []
    case .tables(let names), .day(_, let names): names
    }
  }

  /// The day that was asked for.
  var day: CivilDate? { if case .day(let day, _) = self { day } else { nil } }

  /// The same in words, by which a restore that was begun is known again.
  var words: String {
    switch self {
    case .whole: "whole"
    case .tables(let names): names.sorted().joined(separator: " ")
    case .day(let day, let names): (["\(day)"] + names.sorted()).joined(separator: " ")
    }
  }

  /// The parts of `epoch` that it means; `.missing` when it names one that is not there.
  func parts(of epoch: Epoch) throws(Fault) -> [Epoch.Part] {
    let tables = epoch.parts.filter { Self.holdsRows($0.name) }
    let known = Set(tables.map(\.name))
    for name in names where !known.contains(name) {
      throw Fault(
        .missing, "the epoch has no '\(name)'",
        remedy: Suggestion.remedy(
          for: name, among: known.sorted(), otherwise: "see 'restore --plan' for what it has"))
    }
    switch self {
    case .whole: return epoch.parts
    case .tables, .day:
      let wanted = names.isEmpty ? known : Set(names + names.flatMap(Self.companions))
      return epoch.parts.filter { wanted.contains($0.name) || $0.name == "jobs" }
    }
  }

  /// Whether a part is a table or a log.
  static func holdsRows(_ part: String) -> Bool { part.contains(".") || part.contains("/") }

  /// What goes with a table: what its flows remember.
  private static func companions(of table: String) -> [String] {
    guard let point = table.firstIndex(of: "."), !table.contains("/") else { return [] }
    let (schema, name) = (table[..<point], table[table.index(after: point)...])
    return ["\(schema)._aux/\(name)", "\(schema)._aux/\(name).odd"]
  }
}
