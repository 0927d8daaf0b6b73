import Bronze
import Columnar
import Core
import Database
import LakeJobs

/// What bronze says of rows, worked out from all change rows of a table: for the few events that
/// cannot be written without it.
struct KnownRows {
  /// A row as its changes tell.
  private struct Row {
    /// The last change, and whether it deleted the row.
    var last: Int64
    var isGone: Bool
    /// When it was committed, if bronze says so.
    var moment: Timestamp?
    /// The last change that gave the whole row.
    var start = Int64.min
    var values: [String: (sequence: Int64, text: [UInt8]?)] = [:]

    mutating func apply(_ operation: ChangeOperation, _ sequence: Int64, _ moment: Timestamp) {
      if sequence >= last { (last, isGone, self.moment) = (sequence, operation == .delete, moment) }
      if operation == .create || operation == .read { start = max(start, sequence) }
    }

    /// Notes a value that a change gives; a delete's say nothing of the row.
    mutating func note(
      _ column: String, _ text: [UInt8]?, _ sequence: Int64, _ operation: ChangeOperation
    ) {
      guard operation != .delete, sequence >= values[column]?.sequence ?? .min else { return }
      values[column] = (sequence, text)
    }
  }

  /// The key's columns, as bronze calls them.
  private(set) var keyColumns: [String]
  private(set) var lastSequence: Int64 = 0
  private(set) var lastMoment: Timestamp?
  private var rows: [[[UInt8]?]: Row] = [:]
  private let wantedKeys: Set<[[UInt8]?]>?
  private let wantedColumns: Set<String>

  /// Reads `table`, whose rows `keys` tell apart: all rows, or those of `wantedKeys`, and of their
  /// values those of `wantedColumns`.
  init(
    _ table: BronzeTable, keys: [String], wantedKeys: Set<[[UInt8]?]>?, wantedColumns: Set<String>
  ) throws {
    keyColumns = keys
    self.wantedKeys = wantedKeys
    self.wantedColumns = wantedColumns
    for open in table.parquetFiles {
      let file = try open()
      while let batch = try file.next() { try apply(batch) }
    }
  }

  /// The rows that are there, by the order of their keys.
  var present: [[[UInt8]?]] {
    rows.filter { !$0.value.isGone }.keys.sorted { left, right in
      left.lexicographicallyPrecedes(right) { ($0 ?? []).lexicographicallyPrecedes($1 ?? []) }
    }
  }

  /// What was last known of a column of a row, be it deleted since: nil when nothing was.
  func value(of column: String, _ key: [[UInt8]?]) -> [UInt8]?? {
    guard let row = rows[key], let value = row.values[column], value.sequence >= row.start else {
      return nil
    }
    return value.text
  }

  /// When the last change of a row was committed; nil for a row that is not known.
  func moment(of key: [[UInt8]?]) -> Timestamp? { rows[key]?.moment }

  /// Applies a change that is not in bronze yet.
  mutating func apply(
    _ operation: ChangeOperation, _ key: [[UInt8]?], _ columns: [String], _ values: [[UInt8]?],
    _ sequence: Int64, at moment: Timestamp
  ) {
    guard wantedKeys?.contains(key) ?? true else { return }
    var row = rows[key] ?? Row(last: sequence, isGone: operation == .delete)
    row.apply(operation, sequence, moment)
    for (column, value) in zip(columns, values) where wantedColumns.contains(column) {
      row.note(column, value, sequence, operation)
    }
    rows[key] = row
  }

  private mutating func apply(_ batch: Batch) throws(Fault) {
    let names = batch.schema.names
    let places = keyColumns.map { key in
      names.firstIndex(of: key) ?? names.firstIndex { $0.lowercased() == key.lowercased() }
    }
    guard let operations = batch.column("__op"), let sequences = batch.column("__sequence"),
      let moments = batch.column("__committed_at"), !places.contains(nil)
    else {
      throw Fault(
        .data, "bronze has rows without a key column of \(keyColumns.joined(separator: ", "))",
        remedy: "name keys that its rows have, or take the events into another table")
    }
    let keyPlaces = places.compactMap { $0 }
    keyColumns = keyPlaces.map { names[$0] }
    let wanted = names.filter(wantedColumns.contains)
    let columns = wanted.compactMap { batch.column($0) }
    for row in 0..<batch.rowCount {
      guard case .integer(let sequence) = sequences.scalar(at: row),
        case .string(let letter) = operations.scalar(at: row),
        case .timestamp(let moment) = moments.scalar(at: row),
        let operation = ChangeOperation(rawValue: letter)
      else { continue }
      lastSequence = max(lastSequence, sequence)
      lastMoment = max(lastMoment ?? moment, moment)
      let key = keyPlaces.map { text(batch.columns[$0].scalar(at: row)) }
      apply(
        operation, key, wanted, columns.map { text($0.scalar(at: row)) }, sequence, at: moment)
    }
  }

  private func text(_ scalar: Scalar) -> [UInt8]? {
    if case .string(let text) = scalar { [UInt8](text.utf8) } else { nil }
  }
}
