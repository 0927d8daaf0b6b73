package import Columnar
package import Core

extension WarehouseTable {
  /// Whether a table with these properties is part of the star schema.
  package static func isDescribed(by properties: [String: String]) -> Bool {
    properties["dimension"] != nil || properties["fact"] != nil
  }

  /// The table that a job's properties describe; `.configuration` names what is wrong with them.
  package init(
    _ name: String, properties: [String: String], schema: Schema, at place: Place
  ) throws(Fault) {
    let parser = PropertyParser(name: name, properties: properties, schema: schema, place: place)
    for column in schema.names { try NameRule.check(column, "a column's name", at: place) }
    self.name = name
    self.schema = schema
    self.place = place
    key = try parser.columns("key")
    guard !key.isEmpty else {
      throw parser.fault("the table has no 'key'", "name its columns: 'key' = '…'")
    }
    switch (properties["dimension"], properties["fact"]) {
    case (let dimension?, nil):
      var made = try parser.dimension(dimension, key)
      made.onUnknown = try parser.missingMember()
      kind = .dimension(made)
    case (nil, let fact?):
      var made = try parser.fact(fact, key)
      try parser.complete(&made, key)
      kind = .fact(made)
    default:
      throw parser.fault(
        "a warehouse table is either a dimension or a fact",
        "give it one of 'dimension' = 'scd2' and 'fact' = 'incremental'")
    }
  }
}

/// Reads one table's properties.
struct PropertyParser {
  let name: String
  let properties: [String: String]
  let schema: Schema
  let place: Place

  func fact(_ update: String, _ key: [String]) throws(Fault) -> WarehouseTable.Fact {
    guard let update = WarehouseTable.Fact.Update(rawValue: update.lowercased()) else {
      throw fault(
        "'fact' = '\(update)' is unknown", "say incremental, accumulating or snapshot")
    }
    let lookups = try lookups()
    let keep = try columns("keep")
    let used = lookups.map(\.invalidColumn) + (try columns("undo"))
    let natural = Set(lookups.flatMap(\.naturalColumns) + used.compactMap(\.self))
    let moments = Set(lookups.compactMap(\.asOf))
    for lookup in lookups where field(lookup.column) != nil {
      throw fault(
        "the SELECT gives \(lookup.column), which a lookup makes", "take it out of one of them")
    }
    let made = Set(lookups.map(\.column))
    let stored = schema.fields.filter {
      key.contains($0.name) || keep.contains($0.name) || moments.contains($0.name)
        || !natural.contains($0.name)
    }
    for column in key where field(column) == nil && !made.contains(column) {
      throw fault("'key' names \(column), which the SELECT does not give", "correct the name")
    }
    let snapshotColumn = try snapshotColumn(update, Set(stored.map(\.name)).union(made))
    for field in stored where !isPlain(field.type) {
      throw fault(
        "\(field.name) is \(field.type.sql), which a warehouse column cannot be", "flatten it")
    }
    return WarehouseTable.Fact(
      update: update, absence: try absence(update), lookups: lookups,
      snapshotColumn: snapshotColumn, month: try month(lookups), stored: stored)
  }

  /// What a dimension says of facts whose member it does not have.
  func missingMember() throws(Fault) -> WarehouseTable.MissingMember? {
    guard let word = properties["on_unknown"] else { return nil }
    guard let policy = WarehouseTable.MissingMember(rawValue: String(word.trimmed).lowercased())
    else { throw fault("'on_unknown' = '\(word)' is unknown", "say unknown, infer or suspend") }
    return policy
  }

  /// The columns that a property lists, as the SELECT spells them; `key` of a fact may name a
  /// column that a lookup makes.
  func columns(_ property: String) throws(Fault) -> [String] {
    let names = list(properties[property] ?? "")
    let made = Set(properties.keys.filter { $0.hasPrefix("lookup.") }.map { $0.dropFirst(7) })
    var found: [String] = []
    for name in names {
      if let field = field(name) {
        found.append(field.name)
      } else if made.contains(name[...]), property == "key" {
        found.append(name)
      } else {
        throw fault(
          "'\(property)' names \(name), which the SELECT does not give", "correct the name")
      }
    }
    guard Set(found).count == found.count else {
      throw fault("'\(property)' names a column twice", "name it once")
    }
    return found
  }

  func fault(_ problem: String, _ remedy: String) -> Fault {
    Fault(.configuration, at: place, "\(name): \(problem)", remedy: remedy)
  }

  private func lookups() throws(Fault) -> [WarehouseTable.Lookup] {
    var lookups: [WarehouseTable.Lookup] = []
    for (property, text) in properties.sorted(by: { $0.key < $1.key })
    where property.hasPrefix("lookup.") {
      lookups.append(try lookup(String(property.dropFirst(7)), text))
    }
    return lookups
  }

  private func lookup(_ column: String, _ text: String) throws(Fault) -> WarehouseTable.Lookup {
    let lookup = try LookupProperty(column, text, schema, fault: fault).read()
    try checkKey(lookup.naturalColumns)
    return lookup
  }

  private func month(_ lookups: [WarehouseTable.Lookup]) throws(Fault) -> String? {
    guard let column = properties["partition.month"].map({ String($0.trimmed) }) else {
      return nil
    }
    guard let lookup = lookups.first(where: { $0.column.lowercased() == column.lowercased() })
    else {
      throw fault("'partition.month' names \(column), which no lookup makes", "name the calendar's")
    }
    return lookup.column
  }

  private func snapshotColumn(
    _ update: WarehouseTable.Fact.Update, _ stored: Set<String>
  ) throws(Fault) -> String? {
    guard let column = properties["snapshot.by"].map({ String($0.trimmed) }) else {
      guard update != .snapshot else {
        throw fault("a snapshot fact has no 'snapshot.by'", "name the column of its day")
      }
      return nil
    }
    guard update == .snapshot else {
      throw fault("only a snapshot fact has 'snapshot.by'", "take it out")
    }
    let spelled = field(column)?.name ?? column
    guard stored.contains(spelled) else {
      throw fault("'snapshot.by' names \(column), which is not stored", "name a stored column")
    }
    return spelled
  }

  func checkKey(_ columns: [String]) throws(Fault) {
    for column in columns {
      switch field(column)?.type {
      case .string, .tinyint, .smallint, .int, .bigint, .date, .timestamp, .boolean, nil: continue
      case let type?:
        throw fault("\(column) is \(type.sql), which is no natural key", "cast it to STRING")
      }
    }
  }

  private func isPlain(_ type: DataType) -> Bool {
    switch type.layout {
    case .list, .structure: false
    default: true
    }
  }

  func field(_ name: String) -> Field? {
    schema.index(of: name).map { schema.fields[$0] }
  }

  func list(_ text: String) -> [String] {
    text.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
  }
}
