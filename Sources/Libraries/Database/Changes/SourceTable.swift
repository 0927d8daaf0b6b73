import Columnar
import Core

/// A table or view of a source as its schema describes it, and what bronze calls its columns.
struct SourceTable {
  /// A column that is read.
  struct Column {
    /// As the source spells it.
    let name: String
    /// As bronze spells it: the same, unless that name is one of our own.
    let bronzeName: String
    let affinity: KeyEncoding.Affinity
  }

  let name: String
  /// The columns that are read, generated ones among them.
  let columns: [Column]
  /// The key's columns, by their places in `columns`.
  let keys: [Int]
  /// The place of the column that says when a row changed.
  let updatedAt: Int?
  /// Columns that a virtual table hides and nobody asks for.
  let passedOver: [String]
  /// Where the table stands, for messages.
  let place: Place

  /// `.configuration` when the table or a column that `spec` names is missing, `.data` when it is a
  /// view that its database cannot make sense of.
  init(_ spec: CompareSpec, in source: SQLiteConnection) throws(Fault) {
    name = spec.table
    place = Place("\(source.place.file):\(spec.table)")
    let found = try SourceTable.declared(spec.table, in: source, place)
    guard !found.isEmpty else {
      throw Fault(
        .configuration, at: place, "the source has no table \(spec.table)",
        remedy: "check the name, or take it out of the sources")
    }
    guard !spec.keyColumns.isEmpty else {
      throw Fault(
        .configuration, at: place, "the table has no keys",
        remedy: "name the columns that tell its rows apart: 'keys: [\(found[0].name)]'")
    }
    let asked = spec.keyColumns + [spec.updatedAtColumn].compactMap { $0 } + spec.askedColumns
    let read = found.filter { column in
      !column.isHidden || ColumnNames.index(of: column.name, in: asked) != nil
    }
    passedOver = found.filter(\.isHidden).map(\.name).filter { name in
      ColumnNames.index(of: name, in: asked) == nil
    }
    let names = read.map(\.name)
    let bronzeNames = ChangeColumns.bronzeNames(of: names, reserved: spec.reservedColumns)
    columns = zip(read, bronzeNames).map { column, bronzeName in
      Column(
        name: column.name, bronzeName: bronzeName,
        affinity: KeyEncoding.Affinity(declared: column.type))
    }
    var positions: [Int] = []
    for name in spec.keyColumns { positions.append(try Self.position(name, names, place)) }
    keys = positions
    if let name = spec.updatedAtColumn {
      updatedAt = try Self.position(name, names, place)
    } else {
      updatedAt = nil
    }
  }

  /// The columns' names in bronze.
  var bronzeNames: [String] { columns.map(\.bronzeName) }

  /// The rows in the order of their keys, as SQLite orders them.
  func statement(in source: SQLiteConnection) throws(Fault) -> SQLiteStatement {
    let quoted = source.dialect.quoted
    let order = keys.map { "\(quoted(columns[$0].name)) COLLATE BINARY" }
    let sql =
      "SELECT \(columns.map { quoted($0.name) }.joined(separator: ", ")) FROM \(quoted(name)) "
      + "ORDER BY \(order.joined(separator: ", "))"
    do {
      return try source.statement(sql)
    } catch {
      throw error.ofSource(source, place)
    }
  }

  private static func position(
    _ name: String, _ names: [String], _ place: Place
  ) throws(Fault) -> Int {
    if let position = ColumnNames.index(of: name, in: names) { return position }
    throw Fault(
      .configuration, at: place, "the table has no column \(name)",
      remedy: "name one of: \(names.joined(separator: ", "))")
  }

  private typealias Declared = (name: String, type: String, isHidden: Bool)

  private static func declared(
    _ table: String, in source: SQLiteConnection, _ place: Place
  ) throws(Fault) -> [Declared] {
    let found: [[Scalar]]
    do {
      found = try source.rows(
        "SELECT name, type, hidden FROM pragma_table_xinfo(?1) ORDER BY cid", [.string(table)])
    } catch {
      throw error.ofSource(source, place)
    }
    return found.compactMap { row in
      guard case .string(let name) = row[0] else { return nil }
      var type = ""
      if case .string(let text) = row[1] { type = text }
      return (name, type, row[2] == .integer(1))
    }
  }
}

/// Names of columns: as written, else letter case aside where only one fits.
package enum ColumnNames {
  /// The place of the column called `name`; nil when there is none.
  package static func index(of name: String, in names: [String]) -> Int? {
    if let exact = names.firstIndex(of: name) { return exact }
    let lowered = name.lowercased()
    let fitting = names.indices.filter { names[$0].lowercased() == lowered }
    return fitting.count == 1 ? fitting[0] : nil
  }
}

extension Fault {
  /// The fault as one of the source's table at `place`: what the database says of itself went
  /// wrong, not what it was asked.
  func ofSource(_ source: SQLiteConnection, _ place: Place, after key: String? = nil) -> Fault {
    var fault = self
    fault.place = place
    guard kind == .internal || kind == .data && source.hasRefusedSQL else { return fault }
    let row = key.map { " after the row (\($0))" } ?? ""
    return Fault(
      .data, at: place, "the source cannot give its rows\(row): \(source.lastMessage)",
      remedy: "mend the table, view or row in the source")
  }
}
