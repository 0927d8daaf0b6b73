package import Core
package import LakeJobs

extension AccessPolicy {
  /// What `subject`, a role or a user, may see of `table` on `day`, whose columns are `columns`.
  package func ruling(
    for subject: String, on table: LakeTableName, columns: [LabelledColumn], day: CivilDate
  ) -> TableRuling {
    let roles = Set(roles(of: subject))
    guard !roles.isEmpty else {
      return .denied(rule: "\(path): '\(subject)' is no role, and a member of none")
    }
    let denials = denials.filter { denial in
      (denial.roles.isEmpty || denial.roles.contains { roles.contains($0) })
        && denial.tables.contains { $0.matches("\(table)") }
    }
    if let denial = denials.first(where: { $0.columns == nil }) {
      return .denied(rule: denial.words)
    }
    let speaking = grants.filter { grant in
      grant.roles.contains { roles.contains($0) }
        && grant.tables.contains { $0.matches("\(table)") }
    }
    let holding = speaking.filter { $0.holds(on: day) }
    guard !holding.isEmpty else {
      let past = speaking.last.map { "\($0.place): the grant ended" }
      return .denied(rule: past ?? "\(path): no grant of '\(subject)' is on '\(table)'")
    }
    // Of one that shows nothing not even the number of its rows is told; what it hides is heard.
    let showing = holding.filter { grant in
      columns.contains {
        switch grant.statement(of: $0, masks) {
        case .nothing, .hidden: false
        case .shown, .masked: true
        }
      }
    }
    let deciding = ColumnDecision(
      policy: self, grants: showing, hiding: holding, denials: denials)
    guard !deciding.grants.isEmpty else {
      return .denied(rule: "\(holding[0].place): the grant shows none of the columns")
    }
    let rulings = columns.map(deciding.ruling)
    guard rulings.contains(where: { $0.look != .hidden }) else {
      return .denied(rule: rulings.first?.rule ?? "\(path): '\(table)' has no columns")
    }
    return .granted(rows: deciding.rows, columns: rulings)
  }
}

/// Decides how the columns of a table look where `grants` hold.
private struct ColumnDecision {
  let policy: AccessPolicy
  let grants: [AccessGrant]
  /// Those, and the ones that show nothing.
  let hiding: [AccessGrant]
  let denials: [AccessDenial]

  /// The rows that can be seen: none stands for all.
  var rows: [RowFilter] { Self.union(grants) ?? [] }

  func ruling(_ column: LabelledColumn) -> ColumnRuling {
    for denial in denials {
      if let selector = denial.columns?.first(where: { $0.withholds(column) }) {
        return ColumnRuling(
          column: column.name, look: .hidden, rule: "\(denial.words), by '\(selector)'")
      }
    }
    if let grant = hiding.first(where: { $0.statement(of: column, policy.masks) == .hidden }) {
      return ColumnRuling(column: column.name, look: .hidden, rule: "\(grant.place): hidden")
    }
    let said = grants.map { ($0, $0.statement(of: column, policy.masks)) }
    let shown = said.filter { if case .shown = $0.1 { true } else { false } }.map(\.0)
    let masked = said.filter { if case .masked = $0.1 { true } else { false } }.map(\.0)
    let forms = Set(said.compactMap { if case .masked(let form) = $0.1 { form } else { nil } })
    guard let first = (masked + shown).first else {
      return ColumnRuling(column: column.name, look: .hidden, rule: unsaid(column))
    }
    guard !masked.isEmpty else {
      return ColumnRuling(
        column: column.name, look: look(shown: shown, masked: [], .null), rule: first.words)
    }
    // A broad grant shows what it reaches masked, as the others do.
    let lifting = said.filter { $0.1 == .shown(isOutright: true) }.map(\.0)
    let masking = said.filter { $0.1 != .nothing && $0.1 != .shown(isOutright: true) }.map(\.0)
    return ColumnRuling(
      column: column.name,
      look: look(shown: lifting, masked: masking, MaskForm.one(of: forms)), rule: first.words)
  }

  private func look(
    shown: [AccessGrant], masked: [AccessGrant], _ form: MaskForm
  ) -> ColumnRuling.Look {
    let all = rows
    if covers(shown, all) { return .shown }
    let shownRows = Self.union(shown) ?? []
    if shown.isEmpty, covers(masked, all) { return .masked(form) }
    let maskedRows = masked.isEmpty ? [] : Self.union(masked)
    return .mixed(shown: shownRows, masked: maskedRows, form)
  }

  /// Whether `grants` hold for all rows that can be seen.
  private func covers(_ grants: [AccessGrant], _ all: [RowFilter]) -> Bool {
    guard !grants.isEmpty else { return false }
    guard let rows = Self.union(grants) else { return true }
    return !all.isEmpty && Set(rows) == Set(all)
  }

  /// The rows of `grants`; nil where one of them has no filter.
  private static func union(_ grants: [AccessGrant]) -> [RowFilter]? {
    var rows: [RowFilter] = []
    for grant in grants {
      guard let filter = grant.rows else { return nil }
      if !rows.contains(filter) { rows.append(filter) }
    }
    return rows
  }

  private func unsaid(_ column: LabelledColumn) -> String {
    if column.labels.contains(Label.restricted) {
      return "\(LabelsFile.fileName): nobody has said what it holds"
    }
    let why =
      column.labels.isEmpty ? "names it" : "names '\(column.labels.joined(separator: "', '"))'"
    return "\(policy.path): no grant \(why)"
  }
}

extension AccessGrant {
  /// The rule as people are told of it.
  var words: String { "\(place): " + (purpose ?? "granted") }
}

extension AccessDenial {
  /// The rule as people are told of it.
  var words: String { "\(place): " + (reason ?? "denied") }
}
