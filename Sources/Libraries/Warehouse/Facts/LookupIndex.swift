import Columnar
import Core
import Database

/// A dimension's members in memory: from natural key and moment to surrogate key.
///
/// Natural keys lie end to end in `keyBytes`; an open-addressing table leads from their hash to the
/// member's number, the member to its versions, which lie in time order.
final class LookupIndex {
  private var keyBytes: [UInt8] = []
  private var keyEnds: [Int] = [0]
  /// The first version of each member, and one more.
  private var firstVersions: [Int] = [0]
  private var starts: [Int64] = []
  private var surrogates: [Int64] = []
  /// Member numbers plus one; 0 is an empty slot.
  private var slots: [Int32] = []

  /// Reads all members of `dimension`; `.configuration` when it is not in the warehouse.
  init(_ dimension: String, _ load: WarehouseLoad, for place: Place) throws(Fault) {
    let shape = try DimensionShape(dimension, load, for: place)
    let start = shape.hasHistory ? "t.valid_from" : "NULL"
    let rows = try load.database.cursor(
      "SELECT \(naturalKey(shape.key, of: "t", .sqlite)) AS natural_key, \(start), "
        + "t.\(load.quoted(shape.surrogate)) FROM \(load.quoted(dimension)) AS t "
        + "WHERE t.\(load.quoted(shape.surrogate)) > 0 ORDER BY natural_key")
    try read(rows)
    fillSlots()
  }

  /// The surrogate key of the version that holds at `moment` (nil: the last one), the first version
  /// if all begin later; `ReservedKey.unknown` when there is no such member.
  func surrogate(of key: TextBytes, at moment: Int64?) -> Int64 {
    guard let member = member(key) else { return ReservedKey.unknown }
    let first = firstVersions[member]
    var low = first
    var high = firstVersions[member + 1]
    guard let moment, high - low > 1 else { return surrogates[high - 1] }
    // The last version that starts no later than the moment.
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= moment { low = middle } else { high = middle }
    }
    return surrogates[low]
  }

  private func member(_ key: TextBytes) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: textHash(key)) & mask
    while slots[slot] != 0 {
      let member = Int(slots[slot]) - 1
      let start = keyEnds[member]
      if keyEnds[member + 1] - start == key.count, isEqual(key, at: start) { return member }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func isEqual(_ key: TextBytes, at start: Int) -> Bool {
    for index in 0..<key.count where keyBytes[start + index] != key[index] { return false }
    return true
  }

  private func read(_ rows: SQLiteRows) throws(Fault) {
    while try rows.advance() {
      let key = rows.bytes(0)
      let last = keyEnds.count - 2
      let isSame =
        last >= 0 && keyEnds[last + 1] - keyEnds[last] == key.count
        && isEqual(key, at: keyEnds[last])
      if !isSame {
        closeMember()
        keyBytes.append(contentsOf: key)
        keyEnds.append(keyBytes.count)
      }
      starts.append(Timestamp(parsing: rows.bytes(1))?.microseconds ?? Int64.min)
      surrogates.append(rows.integer(2) ?? ReservedKey.unknown)
    }
    closeMember()
  }

  /// Puts the last member's versions in time order: their texts sort otherwise where only some have
  /// fractions of a second.
  private func closeMember() {
    guard keyEnds.count > 1 else { return }
    let first = firstVersions[firstVersions.count - 1]
    if starts.count - first > 1 {
      let order = (first..<starts.count).sorted { starts[$0] < starts[$1] }
      let sortedStarts = order.map { starts[$0] }
      let sortedKeys = order.map { surrogates[$0] }
      starts.replaceSubrange(first..., with: sortedStarts)
      surrogates.replaceSubrange(first..., with: sortedKeys)
    }
    firstVersions.append(starts.count)
  }

  private func fillSlots() {
    let members = keyEnds.count - 1
    var size = 16
    while size < members * 2 { size *= 2 }
    slots = [Int32](repeating: 0, count: size)
    keyBytes.withUnsafeBufferPointer { bytes in
      for member in 0..<members {
        let key = TextBytes(rebasing: bytes[keyEnds[member]..<keyEnds[member + 1]])
        var slot = Int(truncatingIfNeeded: textHash(key)) & (size - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
        slots[slot] = Int32(member + 1)
      }
    }
  }
}

/// What a stored dimension looks like: found in the warehouse itself, so that a fact needs no job
/// file but its own.
struct DimensionShape {
  let surrogate: String
  /// The natural key's columns.
  let key: [String]
  let columns: [TableColumn]

  var hasHistory: Bool { columns.contains { $0.name == "valid_from" } }

  init(_ dimension: String, _ load: WarehouseLoad, for place: Place) throws(Fault) {
    columns = try load.database.columns(of: dimension)
    guard !columns.isEmpty else {
      throw Fault(
        .configuration, at: place, "the warehouse has no \(dimension)",
        remedy: "load the dimensions first, or correct the lookup")
    }
    surrogate = String(dimension.dropFirst(4)) + "_key"
    let named = try load.database.rows(
      "SELECT name FROM pragma_index_info(?1) WHERE name <> 'valid_from' ORDER BY seqno",
      [.string(dimension + "_natural")])
    key = named.compactMap { if case .string(let name) = $0[0] { name } else { nil } }
  }

  /// `.configuration` when a fact's columns cannot be this dimension's natural key.
  func check(
    _ lookup: WarehouseTable.Lookup, of table: WarehouseTable
  ) throws(Fault) {
    guard lookup.naturalColumns.count == key.count else {
      throw Fault(
        .configuration, at: table.place,
        "\(lookup.column) gives \(lookup.naturalColumns.count) columns for the key of "
          + "\(lookup.dimension)", remedy: "give one for each of: \(key.joined(separator: ", "))")
    }
    for (own, theirs) in zip(lookup.naturalColumns, key) {
      let type = table.schema.index(of: own).map { table.schema.fields[$0].type }
      let stored = columns.first { $0.name == theirs }?.type
      guard let type, let stored, kind(type) != kind(stored) else { continue }
      throw Fault(
        .configuration, at: table.place,
        "\(own) is \(type.sql), but \(lookup.dimension).\(theirs) is \(stored.sql)",
        remedy: "cast one of them")
    }
  }

  private func kind(_ type: DataType) -> Int {
    switch type {
    case .tinyint, .smallint, .int, .bigint: 1
    case .date: 2
    case .timestamp: 3
    case .boolean: 4
    default: 5
    }
  }
}
