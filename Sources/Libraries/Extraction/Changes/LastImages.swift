import Bronze
import Columnar
import Core
import Database
import LakeJobs

/// What bronze last said of each row of a table, made anew from its change rows in a SQLite file
/// that nobody keeps: for the few changes that cannot be written without it.
///
/// However many rows there are, they are on the disk, and of them only what SQLite keeps at hand in
/// memory. A row that was deleted keeps its last values, for one that is written under another key
/// may need them.
final class LastImages {
  /// A row as it is known.
  struct Image {
    let columns: [String]
    let values: [ArraySlice<UInt8>?]
    /// Whether the row was deleted since.
    var isGone = false
    /// When the last change happened.
    var moment: Timestamp?

    /// The value of a column: nil when it is not known, and NULL when it is known to be.
    func value(of column: String) -> ArraySlice<UInt8>?? {
      columns.firstIndex(of: column).map { values[$0] }
    }
  }

  private let database: SQLiteConnection
  private let place: Place
  private var layouts: [[String]] = []
  private let find: any Statement
  private let put: any Statement
  private let meet: any Statement
  /// The key's columns as bronze calls them: now, and at last as it called them first.
  private let keys: [[String]]
  /// The `__sequence` of the last change row.
  private(set) var lastSequence: Int64 = 0
  private(set) var lastMoment: Timestamp?

  private static let pageLength = 1_000

  /// The rows of `table` as all its commits say, of which older ones may call the key's columns as
  /// `formerKeys` has them; with `wanted` of the rows with these keys only.
  init(
    of table: ExtractedTable, in lake: Lake, formerKeys: [[String]] = [],
    only wanted: Set<[UInt8]>? = nil
  ) throws {
    let folder = "\(table.contract.folder)/_state"
    try lake.fileSystem.createDirectory(folder)
    let path = "\(folder)/images.db"
    place = Place(path)
    keys = [table.bronzeKeys] + formerKeys
    // Nothing of it outlives the run, and no journal could bring anything back.
    for suffix in ["", "-journal", "-wal", "-shm"] { try lake.fileSystem.remove(path + suffix) }
    database = try SQLiteConnection(path, .create)
    try database.execute(
      """
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
      CREATE TABLE changes (
        sequence INTEGER PRIMARY KEY, operation TEXT, layout INTEGER, image BLOB, moment INTEGER);
      CREATE TABLE rows (
        key BLOB PRIMARY KEY, layout INTEGER, image BLOB, moment INTEGER, gone INTEGER,
        met INTEGER) WITHOUT ROWID;
      BEGIN
      """)
    // Who holds it open keeps it; its name is free at once, whatever becomes of the run.
    try lake.fileSystem.remove(path)
    find = try database.prepare("SELECT layout, image, moment, gone FROM rows WHERE key = ?1")
    put = try database.prepare("INSERT OR REPLACE INTO rows VALUES (?1, ?2, ?3, ?4, ?5, 0)")
    meet = try database.prepare("UPDATE rows SET met = 1 WHERE key = ?1")
    let step = lake.steps.begin()
    try gather(try BronzeTable(table.contract, lake: lake), wanted)
    try fold()
    step.end("\(path): the rows as bronze last knew them, made anew")
  }

  /// What is known of the row that `key` tells apart, be it gone since; nil when nothing is.
  func image(of key: [UInt8]) throws(Fault) -> Image? {
    guard let row = try find.rows([.binary(key)]).first else { return nil }
    var image = try image(row[0], row[1])
    image.isGone = row[3] == .integer(1)
    if case .integer(let moment) = row[2] { image.moment = Timestamp(microseconds: moment) }
    return image
  }

  /// Notes that a row was met at the source.
  func meet(_ key: [UInt8]) throws(Fault) { try meet.run([.binary(key)]) }

  /// How many rows there are that are not gone.
  func count() throws(Fault) -> Int {
    try database.integer("SELECT count(*) FROM rows WHERE gone = 0")
  }

  /// How many of them were not met.
  func lostCount() throws(Fault) -> Int {
    try database.integer("SELECT count(*) FROM rows WHERE gone = 0 AND met = 0")
  }

  /// Gives each row that is not gone and was not met to `body`, in the order of keys.
  func forEachLost(_ body: (Image) throws -> Void) throws {
    var last = Scalar.binary([])
    while true {
      let rows = try database.rows(
        "SELECT key, layout, image FROM rows WHERE gone = 0 AND met = 0 AND key > ?1 ORDER BY key "
          + "LIMIT \(LastImages.pageLength)", [last])
      for row in rows {
        last = row[0]
        try body(try image(row[1], row[2]))
      }
      if rows.count < LastImages.pageLength { return }
    }
  }

  /// Applies a change of the row that `key` tells apart, which happened at `moment` and gives
  /// `values` of `columns`.
  func apply(
    _ operation: ChangeOperation, _ key: [UInt8], _ columns: [String],
    _ values: [ArraySlice<UInt8>?], at moment: Timestamp
  ) throws(Fault) {
    var columns = columns
    var values = values
    // A delete says nothing of the row but that it is gone, and an update not all of it.
    if operation == .update || operation == .delete, let before = try image(of: key) {
      if operation == .delete {
        (columns, values) = (before.columns, before.values)
      } else if !before.isGone {
        for (column, value) in zip(before.columns, before.values) where !columns.contains(column) {
          columns.append(column)
          values.append(value)
        }
      }
    }
    var image = RowImage()
    for value in values { image.append(value) }
    try put.run([
      .binary(key), .integer(Int64(layout(of: columns))), .binary(image.bytes),
      .integer(moment.microseconds), .integer(operation == .delete ? 1 : 0),
    ])
  }

  /// Says of all rows that they are gone, since `moment`.
  func removeAll(at moment: Timestamp) throws(Fault) {
    try database.run(
      "UPDATE rows SET gone = 1, moment = ?1 WHERE gone = 0", [.integer(moment.microseconds)])
  }

  /// The values of the key of `image`, with the columns' names as it has them.
  func key(of image: Image) -> (columns: [String], values: [ArraySlice<UInt8>?]) {
    let places = keys.lazy.compactMap { LastImages.places(of: $0, in: image.columns) }.first ?? []
    return (places.map { image.columns[$0] }, places.map { image.values[$0] })
  }
}

extension LastImages {
  /// Puts all change rows into the order of their sequence: those of one commit may lie in several
  /// files.
  private func gather(_ table: BronzeTable, _ wanted: Set<[UInt8]>?) throws {
    let adding = try database.prepare("INSERT OR REPLACE INTO changes VALUES (?1, ?2, ?3, ?4, ?5)")
    for open in table.parquetFiles {
      let file = try open()
      while let batch = try file.next() {
        let names = batch.schema.names.filter { !ChangeColumns.own.contains($0) }
        let columns = names.compactMap { batch.column($0) }
        guard let operations = batch.column("__op"), let sequences = batch.column("__sequence"),
          let moments = batch.column("__committed_at")
        else {
          throw Fault(
            .data, at: place, "bronze has rows that are no changes",
            remedy: "extract the table into another bronze table")
        }
        guard let places = keys.lazy.compactMap({ LastImages.places(of: $0, in: names) }).first
        else {
          throw Fault(
            .data, at: place,
            "bronze has rows without a key column of "
              + (keys.first ?? []).joined(separator: ", "),
            remedy: "name keys that its rows have, or take the changes into another table")
        }
        let layout = Int64(layout(of: names))
        for row in 0..<batch.rowCount {
          if case .timestamp(let moment) = moments.scalar(at: row) {
            lastMoment = max(lastMoment ?? moment, moment)
          }
          if case .integer(let number) = sequences.scalar(at: row) {
            lastSequence = max(lastSequence, number)
          }
          if let wanted {
            let key = places.map { text(columns[$0].scalar(at: row)).map { $0[...] } }
            if !wanted.contains(RowTexts.key(of: key)) { continue }
          }
          var image = RowImage()
          for column in columns { image.append(text(column.scalar(at: row)).map { $0[...] }) }
          var moment = Scalar.null
          if case .timestamp(let time) = moments.scalar(at: row) {
            moment = .integer(time.microseconds)
          }
          try adding.run([
            sequences.scalar(at: row), operations.scalar(at: row), .integer(layout),
            .binary(image.bytes), moment,
          ])
        }
      }
    }
  }

  private func fold() throws {
    var last = Scalar.integer(.min)
    while true {
      let rows = try database.rows(
        "SELECT sequence, operation, layout, image, moment FROM changes WHERE sequence > ?1 "
          + "ORDER BY sequence LIMIT \(LastImages.pageLength)", [last])
      for row in rows {
        last = row[0]
        guard case .string(let letter) = row[1], let operation = ChangeOperation(rawValue: letter),
          case .integer(let moment) = row[4]
        else { continue }
        let image = try image(row[2], row[3])
        try apply(
          operation, RowTexts.key(of: key(of: image).values), image.columns, image.values,
          at: Timestamp(microseconds: moment))
      }
      if rows.count < LastImages.pageLength { break }
    }
    try database.execute("DELETE FROM changes")
  }

  private func image(_ layout: Scalar, _ bytes: Scalar) throws(Fault) -> Image {
    guard case .integer(let number) = layout, case .binary(let bytes) = bytes else {
      throw Fault(.internal, at: place, "an image of another kind", remedy: "report it")
    }
    let columns = layouts[Int(number)]
    return Image(columns: columns, values: try RowImage(bytes).texts(columns.count))
  }

  private func layout(of columns: [String]) -> Int {
    if let known = layouts.firstIndex(of: columns) { return known }
    layouts.append(columns)
    return layouts.count - 1
  }

  /// Where the columns `names` are among `columns`; nil when not all are.
  private static func places(of names: [String], in columns: [String]) -> [Int]? {
    let places = names.compactMap { ColumnNames.index(of: $0, in: columns) }
    return places.count == names.count ? places : nil
  }

  private func text(_ scalar: Scalar) -> [UInt8]? {
    if case .string(let text) = scalar { [UInt8](text.utf8) } else { nil }
  }
}
