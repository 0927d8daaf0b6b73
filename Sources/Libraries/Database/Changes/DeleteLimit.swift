package import Core

/// How many rows may be missing from a source before that is taken for an accident.
package struct DeleteLimit: Hashable, Sendable {
  /// Share of the rows known before, from 0 to 1.
  package var share: Double
  /// Number of rows, however large the table.
  package var rows: Int
  /// Number of rows that pass however small the table.
  package var atLeast: Int

  package init(share: Double, rows: Int, atLeast: Int) {
    self.share = share
    self.rows = rows
    self.atLeast = atLeast
  }

  /// 5 % and 1000 rows, whichever is smaller, at least 10 rows.
  package static let standard = DeleteLimit(share: 0.05, rows: 1_000, atLeast: 10)

  /// How many rows may vanish from a table of which `known` rows are remembered.
  package func allowance(of known: Int) -> Int {
    max(atLeast, min(rows, Int(share * Double(known))))
  }

  /// `.verdict` when `gone` of `known` rows are more than may vanish, or all of them from a source
  /// that `isEmptied`, for that looks like an accident; a person lets exactly as many pass as are
  /// `accepted`. `how` they vanished stands behind their number.
  package func check(
    _ gone: Int, of known: Int, accepted: Int?, isEmptied: Bool = false, at place: Place,
    _ how: String = ""
  ) throws(Fault) {
    guard gone > 0, accepted != gone else { return }
    let remedy = "check the source, or confirm with --accept-deletes \(gone)"
    if isEmptied {
      throw Fault(
        .verdict, at: place, "the source has no rows where it had \(known)", remedy: remedy)
    }
    let allowed = allowance(of: known)
    guard gone > allowed else { return }
    throw Fault(
      .verdict, at: place, "\(gone) of \(known) rows vanished\(how), at most \(allowed) may",
      remedy: remedy)
  }
}
