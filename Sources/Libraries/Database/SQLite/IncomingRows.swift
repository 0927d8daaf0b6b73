import CSQLite
import Columnar
import Core

extension SQLiteConnection {
  /// Appends the rows of all batches that `next` gives to `columns` of `table`; gives their number.
  ///
  /// One statement takes them all, from a virtual table that stands for `next`: a row costs little
  /// more than half of what it costs as a run of a prepared INSERT. Within a transaction that is
  /// given up when this throws, SQLite need not keep what the statement replaced (`OR FAIL`).
  package func insert(
    into table: String, _ columns: [String], _ next: @escaping () throws -> (any LaidOutRows)?
  ) throws -> Int {
    let rows = IncomingRows(next, columnCount: columns.count)
    let name = "incoming_rows"
    let status = sqlite3_create_module(
      handle, name, incomingModule, Unmanaged.passUnretained(rows).toOpaque())
    guard status == SQLITE_OK else { throw fault(status) }
    defer { sqlite3_create_module(handle, name, nil, nil) }
    let names = columns.map(dialect.quoted).joined(separator: ", ")
    let isAlone = sqlite3_get_autocommit(handle) != 0
    let verb = isAlone ? "INSERT" : "INSERT OR FAIL"
    let sql = "\(verb) INTO \(dialect.quoted(table)) (\(names)) SELECT * FROM \(name)"
    return try withExtendedLifetime(rows) {
      do {
        return try run(sql)
      } catch {
        throw rows.failure ?? error
      }
    }
  }
}

/// Batches as a virtual table reads them, each row once, in their order.
private final class IncomingRows {
  /// What the producer threw; SQLite learns of it only that something failed.
  private(set) var failure: (any Error)?
  let columnCount: Int
  private let next: () throws -> (any LaidOutRows)?
  private var batch: StoredBatch?

  init(_ next: @escaping () throws -> (any LaidOutRows)?, columnCount: Int) {
    self.next = next
    self.columnCount = columnCount
  }

  /// Points `cursor` to the next batch that has rows, or to the end.
  func advance(_ cursor: UnsafeMutablePointer<IncomingCursor>) -> Int32 {
    do {
      repeat { batch = try nextBatch() } while batch?.rowCount == 0
    } catch {
      failure = error
      return SQLITE_ERROR
    }
    cursor.pointee.row = 0
    cursor.pointee.rowCount = batch?.rowCount ?? 0
    guard let batch else { return SQLITE_OK }
    guard batch.columns.count == columnCount else { return SQLITE_MISUSE }
    for (position, column) in batch.columns.enumerated() {
      cursor.pointee.cells[position] = column.cells
    }
    return SQLITE_OK
  }

  private func nextBatch() throws -> StoredBatch? {
    guard let rows = try next() else { return nil }
    guard let batch = rows as? StoredBatch else {
      throw Fault(.internal, "rows laid out for another database", remedy: "report it")
    }
    return batch
  }
}

/// SQLite's cursor, and after it what leads to the current row.
private struct IncomingCursor {
  var base = sqlite3_vtab_cursor()
  var row = 0
  var rowCount = 0
  var number: Int64 = 0
  let cells: UnsafeMutablePointer<StoredCells>
  let rows: Unmanaged<IncomingRows>
}

/// SQLite's table, and after it whose rows it stands for.
private struct IncomingTable {
  var base = sqlite3_vtab()
  let rows: Unmanaged<IncomingRows>
}

private func incomingCursor(_ base: UnsafeMutablePointer<sqlite3_vtab_cursor>?)
  -> UnsafeMutablePointer<IncomingCursor>
{
  UnsafeMutableRawPointer(base!).assumingMemoryBound(to: IncomingCursor.self)
}

private func incomingTable(_ base: UnsafeMutablePointer<sqlite3_vtab>?)
  -> UnsafeMutablePointer<IncomingTable>
{
  UnsafeMutableRawPointer(base!).assumingMemoryBound(to: IncomingTable.self)
}

/// What SQLite calls; it keeps the address. Without `xCreate` the table is there under the module's
/// name and can be made under no other.
nonisolated(unsafe) private let incomingModule: UnsafePointer<sqlite3_module> = {
  var module = sqlite3_module()
  module.xConnect = { handle, rows, _, _, made, _ in
    let rows = Unmanaged<IncomingRows>.fromOpaque(rows!)
    let columns = (0..<rows.takeUnretainedValue().columnCount).map { "c\($0)" }
    let status = sqlite3_declare_vtab(
      handle, "CREATE TABLE rows (\(columns.joined(separator: ", ")))")
    guard status == SQLITE_OK else { return status }
    let table = UnsafeMutablePointer<IncomingTable>.allocate(capacity: 1)
    table.initialize(to: IncomingTable(rows: rows))
    made!.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
  }
  module.xDisconnect = { base in
    incomingTable(base).deallocate()
    return SQLITE_OK
  }
  module.xBestIndex = { _, _ in SQLITE_OK }
  module.xOpen = { base, made in
    let rows = incomingTable(base).pointee.rows
    let cells = UnsafeMutablePointer<StoredCells>.allocate(
      capacity: rows.takeUnretainedValue().columnCount)
    let cursor = UnsafeMutablePointer<IncomingCursor>.allocate(capacity: 1)
    cursor.initialize(to: IncomingCursor(cells: cells, rows: rows))
    made!.pointee = UnsafeMutableRawPointer(cursor).assumingMemoryBound(
      to: sqlite3_vtab_cursor.self)
    return SQLITE_OK
  }
  module.xClose = { base in
    incomingCursor(base).pointee.cells.deallocate()
    incomingCursor(base).deallocate()
    return SQLITE_OK
  }
  module.xFilter = { base, _, _, _, _ in
    incomingCursor(base).pointee.rows.takeUnretainedValue().advance(incomingCursor(base))
  }
  module.xNext = { base in
    let cursor = incomingCursor(base)
    cursor.pointee.row += 1
    cursor.pointee.number += 1
    guard cursor.pointee.row == cursor.pointee.rowCount else { return SQLITE_OK }
    return cursor.pointee.rows.takeUnretainedValue().advance(cursor)
  }
  module.xEof = { base in
    incomingCursor(base).pointee.row == incomingCursor(base).pointee.rowCount ? 1 : 0
  }
  module.xColumn = { base, context, column in
    let cursor = incomingCursor(base)
    cursor.pointee.cells[Int(column)].give(cursor.pointee.row, to: context!)
    return SQLITE_OK
  }
  module.xRowid = { base, number in
    number!.pointee = incomingCursor(base).pointee.number
    return SQLITE_OK
  }
  let kept = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
  kept.initialize(to: module)
  return UnsafePointer(kept)
}()
