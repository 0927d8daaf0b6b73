import Core
import Database
import LakeJobs

/// A table that a cursor goes through: its columns, what tells its rows apart, and where a row
/// stands in the cursor's order.
struct CursorTable {
  let table: ExtractedTable
  let settings: SourcesFile.CursorSettings
  let sqlName: String
  let columns: [CursorColumn]
  /// Places in `columns`.
  let keys: [Int]
  let cursors: [Int]
  let deleted: Int?
  let updatedAt: Int?
  let zone: ZoneRules?
  private let isTyped: Bool

  /// `table` in `source`; `.configuration` when it or a column is not there, or a cursor column is
  /// of a type that has no order in time.
  init(_ table: ExtractedTable, of system: SourcesFile.SourceSystem, in source: CursorSource)
    throws(Fault)
  {
    self.table = table
    let place = Place("\(source.place):\(table.source.name)")
    guard let settings = table.source.cursor else {
      throw Fault(
        .configuration, at: table.source.place, "the table has no cursor columns",
        remedy: "add 'cursor: [COLUMN]', a column that grows with each change of a row")
    }
    self.settings = settings
    (sqlName, columns) = try source.columns(of: table)
    isTyped = source.isTyped
    let names = columns.map(\.name)
    guard !names.isEmpty else {
      throw Fault(
        .configuration, at: place, "the source has no table \(table.source.name)",
        remedy: "check the name, or take it out of the sources")
    }
    func index(_ name: String) throws(Fault) -> Int {
      if let index = ColumnNames.index(of: name, in: names) { return index }
      throw Fault(
        .configuration, at: place, "the table has no column \(name)",
        remedy: "name one of: \(names.joined(separator: ", "))")
    }
    var keys: [Int] = []
    for name in table.source.keys { keys.append(try index(name)) }
    var cursors: [Int] = []
    for name in settings.columns { cursors.append(try index(name)) }
    self.keys = keys
    self.cursors = cursors
    if let name = settings.deletedColumn { deleted = try index(name) } else { deleted = nil }
    if let name = table.source.updatedAt { updatedAt = try index(name) } else { updatedAt = nil }
    zone = system.timeZone.flatMap(ZoneRules.named)
    if isTyped { try checkTypes(place) }
  }

  var bronzeNames: [String] { columns.map(\.bronzeName) }

  /// The cursor columns with their types, which must stay.
  var types: [String] { cursors.map { "\(columns[$0].bronzeName) \(columns[$0].declaredType)" } }

  /// What the cursor columns hold by their declaration; nil where each value may be of a kind.
  var declaredKind: CursorState.Kind? {
    guard isTyped else { return nil }
    return cursors.allSatisfy { CursorTable.isWhole(columns[$0].declaredType) } ? .number : .time
  }

  /// Where `row` stands; nil where no cursor column says anything that can be read.
  func position(of row: RowTexts, _ kind: CursorState.Kind) -> Int64? {
    cursors.compactMap { column in
      row[column].flatMap { CursorTable.position(of: $0, kind, zone) }
    }.max()
  }

  /// Where a value stands.
  static func position(
    of text: ArraySlice<UInt8>, _ kind: CursorState.Kind, _ zone: ZoneRules?
  ) -> Int64? {
    switch kind {
    case .number: Int64(parsing: text)
    case .time: ChangeTimes.read(text, zone)?.microseconds
    }
  }

  /// Whether `row` says that it is deleted.
  func isDeleted(_ row: RowTexts) -> Bool {
    guard let text = deleted.flatMap({ row[$0] }) else { return false }
    let word = String(decoding: text, as: UTF8.self).lowercased()
    return !["", "0", "false", "f", "n", "no"].contains(word)
  }

  private func checkTypes(_ place: Place) throws(Fault) {
    let types = cursors.map { columns[$0].declaredType }
    let areWhole = types.allSatisfy(CursorTable.isWhole)
    let areTimes = types.allSatisfy { $0 == "date" || $0.hasPrefix("timestamp") }
    guard areWhole || areTimes else {
      throw Fault(
        .configuration, at: place,
        "a cursor cannot go by \(types.joined(separator: " and "))",
        remedy: "name columns that are all timestamps or dates, or all whole numbers")
    }
  }

  private static func isWhole(_ type: String) -> Bool {
    ["smallint", "integer", "bigint"].contains(type)
  }
}
