import Columnar
import Core
import Database

/// Makes one foreign key column: looks each row's natural key up as of the row's moment.
final class LookupColumn {
  let lookup: WarehouseTable.Lookup
  let index: LookupIndex
  /// Rows that found no member so far.
  private(set) var unknownCount = 0
  private let naturalPositions: [Int]
  private let momentPosition: Int?
  private let invalidPosition: Int?
  private var key: [UInt8] = []
  private var memo = DictionaryMembers()

  init(
    _ lookup: WarehouseTable.Lookup, of table: WarehouseTable, _ load: LoadContext,
    _ reading: LookupIndex.Reading
  ) throws(Fault) {
    self.lookup = lookup
    try DimensionShape(lookup.dimension, load, for: table.place).check(lookup, of: table)
    index = try LookupIndex(lookup.dimension, load, for: table.place, reading)
    naturalPositions = lookup.naturalColumns.compactMap { table.schema.index(of: $0) }
    momentPosition = lookup.asOf.flatMap { table.schema.index(of: $0) }
    invalidPosition = lookup.invalidColumn.flatMap { table.schema.index(of: $0) }
  }

  /// The surrogate keys of a batch's rows.
  func resolve(_ batch: Batch) throws(Fault) -> Column {
    if index.isToLearn { try learn(batch) }
    let members = try members(batch)
    let moments = momentPosition.map { batch.columns[$0] }
    var times: [Int64] = []
    if case .int64(let values)? = moments?.values { times = values }
    let invalid = invalidRows(batch)
    var keys = [Int64](repeating: lookup.nullKey, count: batch.rowCount)
    for row in 0..<batch.rowCount {
      if let invalid, invalid[row] {
        keys[row] = ReservedKey.invalid
        continue
      }
      switch members[row] {
      case Member.none: continue
      case Member.blank: keys[row] = lookup.blankKey
      case Member.unknown:
        unknownCount += 1
        keys[row] = ReservedKey.unknown
      case let member:
        let moment = moments.flatMap { $0.isNull(row) ? nil : times[row] }
        keys[row] = index.surrogate(ofMember: Int(member), at: moment)
      }
    }
    return Column(.bigint, count: batch.rowCount, .int64(keys))
  }

  /// Has the index know the members that the batch names.
  private func learn(_ batch: Batch) throws(Fault) {
    let columns = naturalPositions.map { batch.columns[$0] }
    let parts = columns.map(KeyPart.init)
    var seen: Set<[UInt8]> = []
    var unknown: [(text: [UInt8], values: [Scalar])] = []
    var last: Int?
    for row in 0..<batch.rowCount {
      defer { last = row }
      if let last, parts.allSatisfy({ $0.isSame(row, last) }) { continue }
      guard write(parts, row), !key.withUnsafeBufferPointer({ index.knows($0) }),
        seen.insert(key).inserted
      else { continue }
      unknown.append((key, columns.map { $0.scalar(at: row) }))
    }
    try index.learn(unknown)
  }

  /// Which rows' keys are no keys; nil where none says so.
  private func invalidRows(_ batch: Batch) -> [Bool]? {
    guard let position = invalidPosition,
      case .boolean(let flags) = batch.columns[position].values
    else { return nil }
    let column = batch.columns[position]
    return flags.indices.map { flags[$0] && !column.isNull($0) }
  }

  /// The natural key at `row` as the text that the warehouse holds.
  func keyText(_ batch: Batch, _ row: Int) -> String {
    let parts = naturalPositions.map { KeyPart(batch.columns[$0]) }
    return write(parts, row) ? String(decoding: key, as: UTF8.self) : ""
  }

  /// What a row's natural key leads to beside the number of a member.
  private enum Member {
    static let unknown: Int32 = -1
    /// The row gives no key.
    static let none: Int32 = -2
    /// A text of the key is blank, and no member is called so.
    static let blank: Int32 = -3
  }

  private func members(_ batch: Batch) throws(Fault) -> [Int32] {
    let columns = naturalPositions.map { batch.columns[$0] }
    if columns.count == 1, case .dictionary(let codes, let dictionary) = columns[0].values {
      return try members(codes, dictionary, columns[0])
    }
    let parts = columns.map(KeyPart.init)
    var members = [Int32](repeating: Member.none, count: batch.rowCount)
    var last: Int?
    for row in 0..<batch.rowCount {
      if let last, parts.allSatisfy({ $0.isSame(row, last) }) {
        members[row] = members[last]
      } else if write(parts, row) {
        members[row] = try member(columns, row)
      }
      last = row
    }
    return members
  }

  /// Each entry of the dictionary is looked up once.
  private func members(
    _ codes: [Int32], _ dictionary: ByteDictionary, _ column: Column
  ) throws(Fault) -> [Int32] {
    memo.turn(to: dictionary)
    let part = KeyPart(column)
    var members = [Int32](repeating: Member.none, count: column.count)
    for row in 0..<column.count where !column.isNull(row) {
      let code = Int(codes[row])
      if memo.members[code] == DictionaryMembers.notAsked, write([part], row) {
        memo.members[code] = try member([column], row)
      }
      members[row] = memo.members[code]
    }
    return members
  }

  /// The member whose key was written to `key`.
  private func member(_ columns: [Column], _ row: Int) throws(Fault) -> Int32 {
    let found = key.withUnsafeBufferPointer { key in
      Result { () throws(Fault) in try index.member(key, columns.map { $0.scalar(at: row) }) }
    }
    if let member = try found.get() { return Int32(member) }
    return columns.contains { isBlank($0.scalar(at: row)) } ? Member.blank : Member.unknown
  }

  /// Writes the row's natural key to `key`; false when a part is NULL.
  private func write(_ parts: [KeyPart], _ row: Int) -> Bool {
    key.removeAll(keepingCapacity: true)
    for (position, part) in parts.enumerated() {
      if position > 0 { key.append(0x1F) }
      guard part.append(row, to: &key) else { return false }
    }
    return true
  }
}

/// Whether a value is a text of nothing but white space.
private func isBlank(_ value: Scalar) -> Bool {
  if case .string(let text) = value { text.allSatisfy(\.isWhitespace) } else { false }
}

extension WarehouseTable.Lookup {
  /// What a row points to whose key is NULL.
  var nullKey: Int64 {
    absence == .missing ? ReservedKey.missing : ReservedKey.notApplicable
  }

  /// What a row points to whose key is blank, and no member's.
  var blankKey: Int64 {
    absence == .notApplicable ? ReservedKey.notApplicable : ReservedKey.missing
  }
}

/// The members that a dictionary's entries led to, while batches share it.
private struct DictionaryMembers {
  static let notAsked = Int32.min
  var members: [Int32] = []
  private var dictionary: ByteDictionary?

  mutating func turn(to dictionary: ByteDictionary) {
    guard self.dictionary !== dictionary else { return }
    self.dictionary = dictionary
    members = [Int32](repeating: DictionaryMembers.notAsked, count: dictionary.values.count)
  }
}
