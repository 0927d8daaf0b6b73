import Columnar
import Core

extension PropertyParser {
  /// Reads what a fact says beside its grain, lookups and stored columns.
  func complete(_ fact: inout WarehouseTable.Fact, _ key: [String]) throws(Fault) {
    fact.measures = try measures("measures", of: fact)
    if fact.absence == .reverse, fact.measures.isEmpty {
      throw fault(
        "'on_delete' = 'reverse' takes measures back, and no column is one",
        "name those that may be summed: 'measures' = 'quantity, net_amount'")
    }
    fact.semiAdditive = try measures("semi_additive", of: fact)
    guard fact.semiAdditive.isEmpty || fact.update == .snapshot else {
      throw fault("only a snapshot fact has 'semi_additive' measures", "take them out")
    }
    fact.views = try views()
    fact.isAudited = try isAudited()
    fact.seal = try seal(fact)
    fact.milestones = try columns("milestones")
    fact.statusOrder = try statusOrder(fact)
    fact.undoColumn = try undoColumn()
    try checkMilestones(fact, key)
  }

  /// What becomes of a fact's rows that are no longer delivered.
  func absence(
    _ update: WarehouseTable.Fact.Update
  ) throws(Fault) -> WarehouseTable.Fact.Absence {
    guard let word = properties["on_delete"] else { return .remove }
    guard let absence = WarehouseTable.Fact.Absence(rawValue: String(word.trimmed).lowercased())
    else {
      throw fault("'on_delete' = '\(word)' is unknown", "say remove, flag, reverse or keep")
    }
    guard update != .snapshot else {
      throw fault("a snapshot fact keeps the days of before", "take 'on_delete' out")
    }
    guard absence != .reverse || update != .accumulating else {
      throw fault(
        "the row of an accumulating fact changes as its process moves on, and is not reversed",
        "say remove, flag or keep, or make it 'fact' = 'incremental'")
    }
    return absence
  }

  /// The columns of a fact that may be summed.
  private func measures(
    _ property: String, of fact: WarehouseTable.Fact
  ) throws(Fault) -> [String] {
    let names = try columns(property)
    for name in names {
      guard let field = fact.stored.first(where: { $0.name == name }) else {
        throw fault("'\(property)' names \(name), which is not stored", "name it in 'keep'")
      }
      guard field.type.isNumeric else {
        throw fault("'\(property)' names \(name), which is \(field.type.sql)", "take it out")
      }
    }
    return names
  }

  private func isAudited() throws(Fault) -> Bool {
    guard let word = properties["audit"] else { return false }
    guard let isAudited = Bool(String(word.trimmed).lowercased()) else {
      throw fault("'audit' = '\(word)' is neither true nor false", "say true, or take it out")
    }
    return isAudited
  }

  private func views() throws(Fault) -> [WarehouseTable.FactView] {
    var views: [WarehouseTable.FactView] = []
    for word in list(properties["views"] ?? "") {
      guard let view = WarehouseTable.FactView(rawValue: word.lowercased()), !views.contains(view)
      else {
        throw fault("'views' names \(word)", "name each of as_was, as_is and as_known once at most")
      }
      views.append(view)
    }
    return views
  }

  /// `'seal' = '35 days'` and `'seal.by' = 'business_date'`.
  private func seal(_ fact: WarehouseTable.Fact) throws(Fault) -> WarehouseTable.Seal? {
    guard let text = properties["seal"] else {
      guard properties["seal.by"] == nil else {
        throw fault("'seal.by' says by which day, and nothing is sealed", "add 'seal' = '35 days'")
      }
      return nil
    }
    let words = text.split(separator: " ").map { $0.lowercased() }
    guard words.count == 2, ["day", "days"].contains(words[1]), let days = Int32(words[0]),
      days >= 0
    else { throw fault("'seal' = '\(text)' is no number of days", "write it as '35 days'") }
    let column = fact.update == .snapshot ? snapshotDay(fact) : properties["seal.by"]
    guard let column = column.map({ String($0.trimmed) }), let field = field(column),
      field.type == .date
    else {
      throw fault(
        "'seal' needs the day of a row", "name a DATE of the SELECT: 'seal.by' = 'business_date'")
    }
    guard fact.absence != .keep else {
      throw fault("a fact that keeps all rows is never sealed", "take 'seal' out")
    }
    return WarehouseTable.Seal(column: field.name, days: Int(days))
  }

  /// The column of the SELECT that says which day a snapshot is of.
  private func snapshotDay(_ fact: WarehouseTable.Fact) -> String? {
    guard let column = fact.snapshotColumn else { return nil }
    guard let lookup = fact.lookups.first(where: { $0.column == column }) else { return column }
    return lookup.naturalColumns.first
  }

  /// `'status_order' = 'status: placed, paid, shipped'`
  private func statusOrder(
    _ fact: WarehouseTable.Fact
  ) throws(Fault) -> WarehouseTable.StatusOrder? {
    guard let text = properties["status_order"] else { return nil }
    let example = "write it as 'status: placed, paid, shipped'"
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let field = field(String(parts[0].trimmed)), field.type == .string,
      fact.stored.contains(where: { $0.name == field.name })
    else { throw fault("'status_order' names no STRING that is stored", example) }
    let words = list(String(parts[1]))
    guard words.count > 1, Set(words).count == words.count else {
      throw fault("'status_order' = '\(text)' is no order of different words", example)
    }
    return WarehouseTable.StatusOrder(column: field.name, words: words)
  }

  private func undoColumn() throws(Fault) -> String? {
    let names = try columns("undo")
    guard names.count < 2, names.allSatisfy({ field($0)?.type == .boolean }) else {
      throw fault("'undo' is one BOOLEAN of the SELECT", "name the column that is true")
    }
    return names.first
  }

  private func checkMilestones(_ fact: WarehouseTable.Fact, _ key: [String]) throws(Fault) {
    let named = fact.milestones + [fact.statusOrder?.column].compactMap(\.self)
    guard !named.isEmpty || fact.undoColumn != nil else { return }
    guard fact.update == .accumulating else {
      throw fault("only an accumulating fact has milestones", "take them out")
    }
    guard !named.isEmpty else {
      throw fault("'undo' takes milestones back, and there are none", "name 'milestones'")
    }
    for name in named
    where key.contains(name) || !fact.stored.contains(where: { $0.name == name }) {
      throw fault("\(name) is no milestone: it is part of the key, or not stored", "take it out")
    }
  }
}
