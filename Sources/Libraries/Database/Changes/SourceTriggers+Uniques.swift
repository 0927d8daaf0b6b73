import Columnar
import Core

extension SourceTriggers {
  /// What must be unique in the table, so that a row with the same values gives way to a new one;
  /// `.configuration` when the key is not, or something cannot be asked for.
  func uniques() throws(Fault) -> [TriggerStatements.Unique] {
    var uniques: [TriggerStatements.Unique] = []
    var isKeyUnique = false
    let keyNames = Set(table.keys.map { table.columns[$0].name.lowercased() })
    let primary = try source.primaryKey(of: table.name)
    if !primary.isEmpty {
      uniques.append(primary.map { ($0, "BINARY") })
      isKeyUnique = keyNames.isSuperset(of: primary.map { $0.lowercased() })
    }
    let indexes = try source.rows(
      "SELECT name, partial, origin FROM pragma_index_list(?1) WHERE \"unique\" ORDER BY seq",
      [.string(table.name)])
    for row in indexes {
      guard case .string(let name) = row[0] else { continue }
      let unique = try parts(ofIndex: name)
      // The primary key again, with the collations that it has.
      if row[2] == .string("pk") { uniques.removeFirst() }
      uniques.append(unique)
      let isWhole = row[1] == .integer(0)
      isKeyUnique =
        isKeyUnique || isWhole && keyNames.isSuperset(of: unique.map { $0.column.lowercased() })
    }
    guard isKeyUnique else {
      throw Fault(
        .configuration, at: table.place,
        "nothing in the source keeps the keys apart, so a trigger cannot find a row by them",
        remedy: "name its primary key under 'keys:', or give it a unique index on them")
    }
    return uniques
  }

  private func parts(ofIndex name: String) throws(Fault) -> TriggerStatements.Unique {
    let rows = try source.rows(
      "SELECT name, coll FROM pragma_index_xinfo(?1) WHERE \"key\" = 1 ORDER BY seqno",
      [.string(name)])
    var parts: TriggerStatements.Unique = []
    for row in rows {
      guard case .string(let column) = row[0], case .string(let collation) = row[1],
        table.columns.contains(where: { $0.name == column })
      else {
        throw Fault(
          .configuration, at: table.place,
          "the unique index '\(name)' is not of columns alone, so a trigger cannot tell which row "
            + "gives way to another",
          remedy: "use 'cdc: compare' for the system, or make the expression a generated column")
      }
      parts.append((column, collation))
    }
    return parts
  }
}
