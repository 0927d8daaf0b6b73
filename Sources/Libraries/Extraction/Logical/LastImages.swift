import Bronze
import Columnar
import Core
import Database
import LakeJobs

/// What bronze last said of each row of a table that is not deleted, made anew from its change rows
/// in a SQLite file that nobody keeps: for the few changes that cannot be written without it.
final class LastImages {
  /// A row as it is known.
  struct Image {
    let columns: [String]
    let values: [ArraySlice<UInt8>?]

    /// The value of a column: nil when it is not known, and NULL when it is known to be.
    func value(of column: String) -> ArraySlice<UInt8>?? {
      columns.firstIndex(of: column).map { values[$0] }
    }
  }

  private let database: SQLiteConnection
  private let path: String
  private let files: any FileSystem
  private var layouts: [[String]] = []
  private let find: any Statement
  private let put: any Statement
  private let drop: any Statement
  private let meet: any Statement
  /// The `__sequence` of the last change row.
  private(set) var lastSequence: Int64 = 0
  private(set) var lastMoment: Timestamp?

  private static let pageLength = 1_000

  /// The rows of `table` as all its commits say.
  init(of table: LogicalTable, _ run: ExtractionRun) throws {
    files = run.lake.fileSystem
    let folder = "\(table.table.contract.folder)/_state"
    try files.createDirectory(folder)
    path = "\(folder)/images.db"
    try LastImages.remove(path, files)
    database = try SQLiteConnection(path, .create)
    // Nothing of it outlives the run.
    try database.execute(
      """
      PRAGMA synchronous = OFF;
      CREATE TABLE changes (
        sequence INTEGER PRIMARY KEY, operation TEXT, layout INTEGER, image BLOB);
      CREATE TABLE current (key BLOB PRIMARY KEY, layout INTEGER, image BLOB, met INTEGER)
        WITHOUT ROWID;
      BEGIN
      """)
    find = try database.prepare("SELECT layout, image FROM current WHERE key = ?1")
    put = try database.prepare("INSERT OR REPLACE INTO current VALUES (?1, ?2, ?3, 0)")
    drop = try database.prepare("DELETE FROM current WHERE key = ?1")
    meet = try database.prepare("UPDATE current SET met = 1 WHERE key = ?1")
    let step = run.lake.steps.begin()
    try gather(try BronzeTable(table.table.contract, lake: run.lake))
    let keys = table.table.source.keys
    try fold(ChangeColumns.bronzeNames(of: keys, reserved: table.table.reservedColumns))
    step.end("\(path): the rows as bronze last knew them, made anew")
  }

  deinit { try? LastImages.remove(path, files) }

  /// What is known of the row that `key` tells apart; nil when there is none.
  func image(of key: [UInt8]) throws(Fault) -> Image? {
    guard let row = try find.rows([.binary(key)]).first else { return nil }
    return try image(row[0], row[1])
  }

  /// Notes that a row was met at the source.
  func meet(_ key: [UInt8]) throws(Fault) { try meet.run([.binary(key)]) }

  /// How many rows there are.
  func count() throws(Fault) -> Int { try database.integer("SELECT count(*) FROM current") }

  /// How many rows were not met.
  func lostCount() throws(Fault) -> Int {
    try database.integer("SELECT count(*) FROM current WHERE met = 0")
  }

  /// Gives each row that was not met to `body`, in the order of keys.
  func forEachLost(_ body: (Image) throws -> Void) throws {
    var last = Scalar.binary([])
    while true {
      let rows = try database.rows(
        "SELECT key, layout, image FROM current WHERE met = 0 AND key > ?1 ORDER BY key "
          + "LIMIT \(LastImages.pageLength)", [last])
      for row in rows {
        last = row[0]
        try body(try image(row[1], row[2]))
      }
      if rows.count < LastImages.pageLength { return }
    }
  }

  /// Applies a change of the row that `key` tells apart, which gives `values` of `columns`.
  func apply(
    _ operation: ChangeOperation, _ key: [UInt8], _ columns: [String],
    _ values: [ArraySlice<UInt8>?]
  ) throws(Fault) {
    if operation == .delete {
      try drop.run([.binary(key)])
      return
    }
    var columns = columns
    var values = values
    if operation == .update, let before = try image(of: key) {
      for (column, value) in zip(before.columns, before.values) where !columns.contains(column) {
        columns.append(column)
        values.append(value)
      }
    }
    var image = RowImage()
    for value in values { image.append(value) }
    try put.run([.binary(key), .integer(Int64(layout(of: columns))), .binary(image.bytes)])
  }

  /// Forgets all rows.
  func removeAll() throws(Fault) { try database.execute("DELETE FROM current") }

  /// What tells a row apart, from the texts of its key.
  static func key(_ texts: [ArraySlice<UInt8>?]) -> [UInt8] {
    var key = RowImage()
    for text in texts { key.append(text) }
    return key.bytes
  }

  /// Puts all change rows into the order of their sequence: those of one commit may lie in several
  /// files.
  private func gather(_ table: BronzeTable) throws {
    let adding = try database.prepare("INSERT OR REPLACE INTO changes VALUES (?1, ?2, ?3, ?4)")
    for open in table.parquetFiles {
      let file = try open()
      while let batch = try file.next() {
        let names = batch.schema.names.filter { !ChangeColumns.own.contains($0) }
        let columns = names.compactMap { batch.column($0) }
        guard let operations = batch.column("__op"), let sequences = batch.column("__sequence"),
          let moments = batch.column("__committed_at")
        else {
          throw Fault(
            .data, at: Place(path), "bronze has rows that are no changes",
            remedy: "extract the table into another bronze table")
        }
        let layout = Int64(layout(of: names))
        for row in 0..<batch.rowCount {
          var image = RowImage()
          for column in columns { image.append(text(column.scalar(at: row)).map { $0[...] }) }
          let sequence = sequences.scalar(at: row)
          if case .timestamp(let moment) = moments.scalar(at: row) {
            lastMoment = max(lastMoment ?? moment, moment)
          }
          if case .integer(let number) = sequence { lastSequence = max(lastSequence, number) }
          try adding.run(
            [sequence, operations.scalar(at: row), .integer(layout), .binary(image.bytes)])
        }
      }
    }
  }

  private func fold(_ keys: [String]) throws {
    var last = Scalar.integer(.min)
    while true {
      let rows = try database.rows(
        "SELECT sequence, operation, layout, image FROM changes WHERE sequence > ?1 "
          + "ORDER BY sequence LIMIT \(LastImages.pageLength)", [last])
      for row in rows {
        last = row[0]
        guard case .string(let letter) = row[1], let operation = ChangeOperation(rawValue: letter)
        else { continue }
        let image = try image(row[2], row[3])
        let key = keys.map { name in
          ColumnNames.index(of: name, in: image.columns).flatMap { image.values[$0] }
        }
        try apply(operation, LastImages.key(key), image.columns, image.values)
      }
      if rows.count < LastImages.pageLength { break }
    }
    try database.execute("DELETE FROM changes")
  }

  private func image(_ layout: Scalar, _ bytes: Scalar) throws(Fault) -> Image {
    guard case .integer(let number) = layout, case .binary(let bytes) = bytes else {
      throw Fault(.internal, at: Place(path), "an image of another kind", remedy: "report it")
    }
    let columns = layouts[Int(number)]
    return Image(columns: columns, values: try RowImage(bytes).texts(columns.count))
  }

  private func layout(of columns: [String]) -> Int {
    if let known = layouts.firstIndex(of: columns) { return known }
    layouts.append(columns)
    return layouts.count - 1
  }

  private func text(_ scalar: Scalar) -> [UInt8]? {
    if case .string(let text) = scalar { [UInt8](text.utf8) } else { nil }
  }

  private static func remove(_ path: String, _ files: any FileSystem) throws(Fault) {
    for suffix in ["", "-wal", "-shm"] { try files.remove(path + suffix) }
  }
}
