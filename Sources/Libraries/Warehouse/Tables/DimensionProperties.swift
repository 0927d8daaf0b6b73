import Columnar
import Core

/// The properties of a dimension.
extension PropertyParser {
  func dimension(
    _ history: String, _ key: [String]
  ) throws(Fault) -> WarehouseTable.Dimension {
    guard let history = WarehouseTable.Dimension.History(rawValue: history.lowercased()) else {
      throw fault("'dimension' = '\(history)' is unknown", "say scd2, scd1 or static")
    }
    guard DimensionColumns.isDimension(name) else {
      throw fault("a dimension is called dim_<name>", "rename \(name)")
    }
    let surrogate = DimensionColumns.surrogate(of: name)
    try checkKey(key)
    if history == .scd2 {
      for column in Self.times where field(column)?.type != .timestamp {
        throw fault("an scd2 dimension gives \(column) as TIMESTAMP", "add it to the SELECT")
      }
    }
    let hashed = try columns("keyed_hash")
    for column in hashed where field(column)?.type != .string || key.contains(column) {
      throw fault("'keyed_hash' takes STRING columns beside the key", "take out \(column)")
    }
    let others = schema.names.filter {
      !key.contains($0) && !Self.times.contains($0) && $0 != surrogate
    }
    var dimension = WarehouseTable.Dimension(
      history: history, tracked: [], hashed: hashed, surrogateColumn: surrogate,
      givesSurrogate: try givesSurrogate(surrogate, history))
    dimension.keyChange = try keyChange(history, key, others)
    try readTypes(&dimension, others)
    dimension.deleteStyle = try choice("delete_style", of: history) ?? .version
    dimension.hasTwoAxes = try hasTwoAxes(history)
    return dimension
  }

  private static let times = ["valid_from", "valid_to"]

  /// Which columns are kept, overwritten and tracked. One that no property names is tracked, or
  /// overwritten where 'track' names others.
  private func readTypes(
    _ dimension: inout WarehouseTable.Dimension, _ others: [String]
  ) throws(Fault) {
    let links = dimension.keyChange?.columns ?? []
    var owners: [String: String] = [:]
    func named(_ property: String) throws(Fault) -> [String] {
      let names = try columns(property)
      for column in names {
        guard others.contains(column), !links.contains(column) else {
          throw fault(
            "'\(property)' names \(column), which is part of a key or the interval", "take it out")
        }
        if let other = owners[column] {
          throw fault("\(column) stands in '\(other)' and '\(property)'", "name it in one of them")
        }
        owners[column] = property
      }
      return names
    }
    dimension.kept = try named("keep")
    let overwritten = try named("overwrite")
    let tracked = try named("track")
    guard dimension.history == .scd2 else {
      if properties["track"] != nil {
        throw fault("only an scd2 dimension tracks columns", "take 'track' out")
      }
      for property in properties.keys.sorted()
      where property == "scope" || property.hasPrefix("scope.") {
        throw fault("only an scd2 dimension has '\(property)'", "take it out")
      }
      guard dimension.history == .scd1 || dimension.kept.isEmpty else {
        throw fault("a static dimension is as its SELECT gives it", "take 'keep' out")
      }
      return
    }
    dimension.tracked =
      properties["track"] == nil
      ? others.filter {
        !dimension.kept.contains($0) && !overwritten.contains($0) && !links.contains($0)
      } : tracked
    try readScopes(
      &dimension, others.filter { !dimension.tracked.contains($0) && !dimension.kept.contains($0) })
  }

  /// Which of the overwritten columns change in the current version only.
  private func readScopes(
    _ dimension: inout WarehouseTable.Dimension, _ overwritten: [String]
  ) throws(Fault) {
    func isCurrent(_ property: String) throws(Fault) -> Bool? {
      guard let word = properties[property] else { return nil }
      switch String(word.trimmed).lowercased() {
      case "all": return false
      case "current": return true
      default: throw fault("'\(property)' = '\(word)' is unknown", "say all or current")
      }
    }
    var scopes: [String: Bool] = [:]
    let whole = try isCurrent("scope") ?? false
    for property in properties.keys.sorted() where property.hasPrefix("scope.") {
      let name = String(property.dropFirst("scope.".count))
      let column = field(name)?.name ?? name
      guard overwritten.contains(column) else {
        throw fault("'\(property)' is of no overwritten column", "name it in 'overwrite' too")
      }
      scopes[column] = try isCurrent(property)
    }
    dimension.currentOnly = overwritten.filter { scopes[$0] ?? whole }
  }

  private func keyChange(
    _ history: WarehouseTable.Dimension.History, _ key: [String], _ others: [String]
  ) throws(Fault) -> WarehouseTable.Dimension.KeyChange? {
    let style: WarehouseTable.Dimension.KeyChange.Style? = try choice("key_change", of: nil)
    let columns = try columns("previous_key")
    guard properties["previous_key"] != nil else {
      if style != nil {
        throw fault(
          "'key_change' needs the key of before", "name its columns: 'previous_key' = '…'")
      }
      return nil
    }
    guard history != .fixed else {
      throw fault("keys of a static dimension do not change", "take 'previous_key' out")
    }
    guard columns.count == key.count else {
      throw fault(
        "'previous_key' names \(counted(columns.count, "column")) for a key of \(key.count)",
        "name one for each of: \(key.joined(separator: ", "))")
    }
    for (before, now) in zip(columns, key) {
      guard others.contains(before), field(before)?.type == field(now)?.type else {
        throw fault("\(before) cannot hold a \(now) of before", "give it the type of \(now)")
      }
    }
    return WarehouseTable.Dimension.KeyChange(style: style ?? .link, columns: columns)
  }

  /// The word that a property has, one of a few; `history` is what the table is, where only a
  /// dimension with history may have it.
  private func choice<Word: RawRepresentable & CaseIterable>(
    _ property: String, of history: WarehouseTable.Dimension.History?
  ) throws(Fault) -> Word? where Word.RawValue == String {
    guard let word = properties[property] else { return nil }
    guard let found = Word(rawValue: String(word.trimmed).lowercased()) else {
      let words = Word.allCases.map(\.rawValue)
      throw fault(
        "'\(property)' = '\(word)' is unknown", "say \(words.joined(separator: " or "))")
    }
    guard history ?? .scd2 == .scd2 else {
      throw fault("only an scd2 dimension has '\(property)'", "take it out")
    }
    return found
  }

  private func hasTwoAxes(_ history: WarehouseTable.Dimension.History) throws(Fault) -> Bool {
    guard let word = properties["two_axes"] else { return false }
    guard let isSet = Bool(String(word.trimmed).lowercased()) else {
      throw fault("'two_axes' = '\(word)' is unknown", "say true or false")
    }
    guard history == .scd2 || !isSet else {
      throw fault("only an scd2 dimension has 'two_axes'", "take it out")
    }
    return isSet
  }

  private func givesSurrogate(
    _ surrogate: String, _ history: WarehouseTable.Dimension.History
  ) throws(Fault) -> Bool {
    guard let field = field(surrogate) else { return false }
    guard history == .fixed, field.type == .int || field.type == .bigint else {
      throw fault(
        "only a static dimension gives its \(surrogate) itself, as INT or BIGINT",
        "take it out of the SELECT: the loader makes it")
    }
    return true
  }
}
