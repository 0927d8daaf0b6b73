import Columnar
import Core
import Database

/// How a process moves on: a milestone that was reached stays reached, a status does not fall back
/// behind an earlier one, unless the delivered row says that the source took it back.
struct Milestones {
  private let loader: FactLoader
  private var fact: WarehouseTable.Fact { loader.fact }

  init(_ loader: FactLoader) { self.loader = loader }

  /// SQL for what a stored row `f` holds in a column after the delivered row `s`.
  func value(of column: String) -> String {
    let name = loader.load.quoted(column)
    guard let onward = onward(column, name) else { return "s.\(name)" }
    guard let undo = fact.undoColumn else { return onward }
    return "CASE WHEN s.\(loader.load.quoted(undo)) THEN s.\(name) ELSE \(onward) END"
  }

  /// SQL that holds when any of the columns differs from what it is to be.
  func differing(_ columns: [String]) -> String {
    let plain = columns.filter { !isMilestone($0) }
    let moving = columns.filter(isMilestone).map {
      "f.\(loader.load.quoted($0)) IS DISTINCT FROM (\(value(of: $0)))"
    }
    if moving.isEmpty { return Warehouse.differing(plain, "f", "s", loader.load.dialect) }
    let others = plain.isEmpty ? [] : [Warehouse.differing(plain, "f", "s", loader.load.dialect)]
    return (others + moving).joined(separator: " OR ")
  }

  /// Whether what is stored in a column may not be what was delivered.
  func isMilestone(_ column: String) -> Bool {
    fact.milestones.contains(column) || fact.statusOrder?.column == column
  }

  private func onward(_ column: String, _ name: String) -> String? {
    if let order = fact.statusOrder, order.column == column {
      let literal = loader.load.database.dialect.literal
      func place(_ alias: String) -> String {
        let cases = order.words.enumerated().map { "WHEN \(literal($1)) THEN \($0)" }
        return "CASE \(alias).\(name) \(cases.joined(separator: " ")) END"
      }
      return "CASE WHEN \(place("s")) < \(place("f")) THEN f.\(name) ELSE s.\(name) END"
    }
    return fact.milestones.contains(column) ? "coalesce(s.\(name), f.\(name))" : nil
  }
}
