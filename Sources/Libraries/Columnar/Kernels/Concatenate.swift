package import Core

/// Columns or batches end to end.
extension Column {
  /// The values of `columns`, one column after the other; all have type `type`.
  ///
  /// Dictionary columns stay so when they share a dictionary or their dictionaries are small
  /// beside the rows; the entries of the joined dictionary may then repeat. Text, and elements of
  /// lists, are refused past `limit`: so far reach the offsets of one column.
  package static func concatenating(
    _ type: DataType, _ columns: [Column], limit: Int = Int(Int32.max)
  ) throws(Fault) -> Column {
    if columns.count == 1 { return columns[0] }
    let parts = columns.filter { $0.count > 0 }
    let count = parts.reduce(0) { $0 + $1.count }
    guard count > 0 else { return .nulls(type, count: 0) }
    if parts.count == 1 { return parts[0] }
    return Column(
      type, count: count, validity: joinedValidity(parts, count),
      try joinedValues(type, parts, count, limit))
  }

  private static func joinedValidity(_ parts: [Column], _ count: Int) -> Bitmap? {
    guard parts.contains(where: { $0.validity != nil }) else { return nil }
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    var start = 0
    for part in parts {
      let bits = part.validity ?? Bitmap(repeating: true, count: part.count)
      let shift = UInt64(start & 63)
      for (index, word) in bits.words.enumerated() {
        words[start >> 6 + index] |= word << shift
        let next = start >> 6 + index + 1
        if shift > 0, next < words.count { words[next] |= word >> (64 - shift) }
      }
      start += part.count
    }
    return Bitmap(words: words, count: count)
  }

  private static func joinedValues(
    _ type: DataType, _ parts: [Column], _ count: Int, _ limit: Int
  ) throws(Fault) -> Values {
    switch type.layout {
    case .boolean:
      .boolean(joined(parts, count) { if case .boolean(let values) = $0 { values } else { nil } })
    case .int32:
      .int32(joined(parts, count) { if case .int32(let values) = $0 { values } else { nil } })
    case .int64:
      .int64(joined(parts, count) { if case .int64(let values) = $0 { values } else { nil } })
    case .int128:
      .int128(joined(parts, count) { if case .int128(let values) = $0 { values } else { nil } })
    case .double:
      .double(joined(parts, count) { if case .double(let values) = $0 { values } else { nil } })
    case .bytes: try joinedBytes(parts, count, limit)
    case .list: try joinedLists(type, parts, count, limit)
    case .structure: try joinedStructures(type, parts, limit)
    }
  }

  private static func joined<Value>(
    _ parts: [Column], _ count: Int, _ values: (Values) -> [Value]?
  ) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(count)
    for part in parts {
      guard let some = values(part.values) else {
        preconditionFailure("columns laid end to end have one layout")
      }
      result.append(contentsOf: some)
    }
    return result
  }

  private static func joinedBytes(
    _ parts: [Column], _ count: Int, _ limit: Int
  ) throws(Fault) -> Values {
    if let dictionary = joinedDictionaries(parts, count, limit) { return dictionary }
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(count + 1)
    var flat: [ByteRuns] = []
    var total = 0
    for part in parts {
      // What is too much for one column stays a dictionary.
      guard case .bytes(let some) = part.flattened().values else { throw tooMuchText }
      total += some.bytes.count
      guard total <= limit else { throw tooMuchText }
      flat.append(some)
    }
    runs.bytes.reserveCapacity(total)
    for part in flat {
      let base = Int32(runs.bytes.count)
      runs.offsets.append(contentsOf: part.offsets.dropFirst().lazy.map { $0 + base })
      runs.bytes.append(contentsOf: part.bytes)
    }
    return .bytes(runs)
  }

  /// The parts under one dictionary; nil when a part has none or copying them all costs more.
  private static func joinedDictionaries(
    _ parts: [Column], _ count: Int, _ limit: Int
  ) -> Values? {
    guard let distinct = distinctDictionaries(parts) else { return nil }
    var bases: [ObjectIdentifier: Int32] = [:]
    var entries = 0
    var byteCount = 0
    for dictionary in distinct {
      bases[dictionary.identity] = Int32(clamping: entries)
      entries += dictionary.values.count
      byteCount += dictionary.values.bytes.count
    }
    guard distinct.count == 1 || entries <= count / 2, byteCount <= limit else {
      return nil
    }
    var codes: [Int32] = []
    codes.reserveCapacity(count)
    for part in parts {
      guard case .dictionary(let some, let dictionary) = part.values else { continue }
      let base = bases[dictionary.identity]!
      if base == 0 {
        codes.append(contentsOf: some)
      } else {
        codes.append(contentsOf: mapRows(some) { $0 &+ base })  // A code under a NULL may be any.
      }
    }
    if distinct.count == 1 { return .dictionary(codes: codes, dictionary: distinct[0]) }
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(entries + 1)
    runs.bytes.reserveCapacity(byteCount)
    for dictionary in distinct {
      let base = Int32(runs.bytes.count)
      runs.offsets.append(contentsOf: dictionary.values.offsets.dropFirst().lazy.map { $0 + base })
      runs.bytes.append(contentsOf: dictionary.values.bytes)
    }
    return .dictionary(codes: codes, dictionary: ByteDictionary(runs))
  }

  /// The parts' dictionaries, of the stages of one only the longest; nil when a part has none.
  private static func distinctDictionaries(_ parts: [Column]) -> [ByteDictionary]? {
    var places: [ObjectIdentifier: Int] = [:]
    var distinct: [ByteDictionary] = []
    for part in parts {
      guard case .dictionary(_, let dictionary) = part.values else { return nil }
      if let place = places[dictionary.identity] {
        if distinct[place].begins(dictionary) { distinct[place] = dictionary }
      } else {
        places[dictionary.identity] = distinct.count
        distinct.append(dictionary)
      }
    }
    return distinct
  }

  private static func joinedLists(
    _ type: DataType, _ parts: [Column], _ count: Int, _ limit: Int
  ) throws(Fault) -> Values {
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(count + 1)
    var elements: [Column] = []
    for part in parts {
      guard case .list(let some, let column) = part.values else {
        preconditionFailure("columns laid end to end have one layout")
      }
      let first = some[0]
      let base = offsets[offsets.count - 1]
      guard Int(base) + Int(some[part.count]) - Int(first) <= limit else { throw tooManyElements }
      offsets.append(contentsOf: some.dropFirst().lazy.map { $0 - first + base })
      elements.append(column.slice(Int(first)..<Int(some[part.count])))
    }
    return .list(
      offsets: offsets, elements: try concatenating(type.elementType, elements, limit: limit))
  }

  private static func joinedStructures(
    _ type: DataType, _ parts: [Column], _ limit: Int
  ) throws(Fault) -> Values {
    var joined: [Column] = []
    for position in type.fields.indices {
      let members = parts.map { part in
        guard case .structure(let members) = part.values else {
          preconditionFailure("columns laid end to end have one layout")
        }
        return members[position]
      }
      joined.append(try concatenating(type.fields[position].type, members, limit: limit))
    }
    return .structure(joined)
  }

  fileprivate static var tooMuchText: Fault {
    Fault(
      .data, "rows that come together have more than 2 GiB of text in one column",
      remedy:
        "give the run less with --memory, so that fewer come together, or ask for less of each")
  }

  private static var tooManyElements: Fault {
    Fault(
      .data, "rows that come together have more than 2^31 elements in their arrays",
      remedy:
        "give the run less with --memory, so that fewer come together, or ask for less of each")
  }
}

extension ByteRuns {
  /// Ends the value whose bytes were appended to `bytes`; a fault past `limit`, for so far reach
  /// the offsets of one column.
  package mutating func endValue(limit: Int = Int(Int32.max)) throws(Fault) {
    guard bytes.count <= limit, let end = Int32(exactly: bytes.count) else {
      throw Column.tooMuchText
    }
    offsets.append(end)
  }
}

extension Batch {
  /// The rows of `batches`, one batch after the other; all have schema `schema`.
  package static func concatenating(
    _ schema: Schema, _ batches: [Batch]
  ) throws(Fault) -> Batch {
    if batches.count == 1 { return batches[0] }
    var columns: [Column] = []
    for (position, field) in schema.fields.enumerated() {
      columns.append(
        try Column.concatenating(field.type, batches.map { $0.columns[position] }))
    }
    return Batch(schema, columns, rowCount: batches.reduce(0) { $0 + $1.rowCount })
  }
}
