import Columnar
import Core

/// The rows of an upsert by key, and what the table's files hold of them.
struct Merge {
  /// What is to become of a key's row.
  private enum Wish {
    case upsert(batch: Int32, row: Int32)
    case delete
  }

  private let target: WriteTarget
  private let keyPositions: [Int]
  private var batches: [Batch] = []
  private var keys = MergeKeys()
  private var wishes: [Wish] = []
  /// By key number: whether a row of the table has the key.
  private var isMatched: [Bool] = []
  /// By key number: whether the table's row must give way.
  private var isChanged: [Bool] = []
  /// By part of the key: which values are given.
  private var bounds: [KeyBounds]
  /// Rows without a key, by batch.
  private var keyless: [[Int32]] = []
  private var found = MergeResult()

  init(_ target: WriteTarget, keys: [String]) throws(Fault) {
    self.target = target
    var positions: [Int] = []
    for name in keys {
      guard let position = target.schema.index(of: name) else {
        throw Fault(
          .configuration, at: Place(target.table.path), "the table has no key column '\(name)'",
          remedy: "name columns of the table")
      }
      positions.append(position)
    }
    guard !positions.isEmpty else {
      throw Fault(
        .configuration, at: Place(target.table.path), "an upsert needs key columns",
        remedy: "name at least one")
    }
    keyPositions = positions
    bounds = positions.map { _ in KeyBounds() }
  }

  /// What becomes of the rows given, once `findRewrites` has looked through the table.
  var result: MergeResult {
    var result = found
    result.inserted = keyless.reduce(0) { $0 + $1.count }
    for (number, wish) in wishes.enumerated() {
      let isMatched = number < isMatched.count && isMatched[number]
      if case .upsert = wish, !isMatched { result.inserted += 1 }
    }
    return result
  }

  var isEmpty: Bool { wishes.isEmpty && batches.isEmpty }

  mutating func addUpserts(_ given: Batch) throws {
    let batch = try target.conforming(given)
    let number = Int32(batches.count)
    batches.append(batch)
    keyless.append([])
    let encoder = MergeKeyBytes(keyPositions.map { batch.columns[$0] })
    for (part, position) in keyPositions.enumerated() { bounds[part].add(batch.columns[position]) }
    var key: [UInt8] = []
    for row in 0..<batch.rowCount {
      guard encoder.encode(row, into: &key) else {
        keyless[Int(number)].append(Int32(row))
        continue
      }
      let (index, isNew) = keys.insert(key)
      if isNew {
        wishes.append(.upsert(batch: number, row: Int32(row)))
      } else if case .upsert(let other, let otherRow) = wishes[index],
        RowComparison(batch, batches[Int(other)]).areEqual(row, Int(otherRow))
      {
        continue
      } else {
        throw ambiguity(batch, row)
      }
    }
  }

  mutating func addDeletions(_ given: Batch) throws(Fault) {
    var columns: [Column] = []
    for position in keyPositions {
      let field = target.schema.fields[position]
      guard let index = given.schema.index(of: field.name),
        let column = given.columns[index].widened(to: field.type)
      else {
        throw Fault(
          .configuration, at: Place(target.table.path),
          "the keys to delete lack column '\(field.name)' as \(field.type.sql)",
          remedy: "give every key column in the table's type")
      }
      columns.append(column)
    }
    let encoder = MergeKeyBytes(columns)
    for (part, column) in columns.enumerated() { bounds[part].add(column) }
    var key: [UInt8] = []
    for row in 0..<given.rowCount where encoder.encode(row, into: &key) {
      let (index, isNew) = keys.insert(key)
      if isNew {
        wishes.append(.delete)
      } else if case .upsert = wishes[index] {
        let batch = Batch(
          Schema(keyPositions.map { target.schema.fields[$0] }), columns, rowCount: given.rowCount)
        throw ambiguity(batch, row, positions: Array(columns.indices))
      }
    }
  }

  /// Looks through those of `files` (nil: of all) that may hold a key, and tells those that must be
  /// rewritten.
  mutating func findRewrites(
    in snapshot: Snapshot, among files: [AddedFile]?
  ) throws -> [AddedFile] {
    isMatched = [Bool](repeating: false, count: wishes.count)
    isChanged = isMatched
    var rewrites: [AddedFile] = []
    let scan = try snapshot.scan(predicates: keyBounds(snapshot), files: files)
    for file in scan.files where try mustRewrite(file, of: snapshot) { rewrites.append(file) }
    return rewrites
  }

  /// The rows to add: those that replace others, those with new keys, those without a key.
  var newRows: [Batch] {
    var rows = keyless
    for (number, wish) in wishes.enumerated() {
      guard case .upsert(let batch, let row) = wish else { continue }
      let stands = number < isMatched.count && isMatched[number] && !isChanged[number]
      if !stands { rows[Int(batch)].append(row) }
    }
    return zip(batches, rows).compactMap { batch, rows in
      rows.isEmpty ? nil : batch.taking(rows.sorted())
    }
  }

  /// Gives the rows of `file` that stay.
  func rewrite(
    _ file: AddedFile, of snapshot: Snapshot, as schema: Schema, _ body: (Batch) throws -> Void
  ) throws {
    let names = keyPositions.map { target.schema.fields[$0].name }
    for source in try snapshot.scan(files: [file]).sources() {
      while let batch = try source.next() {
        let encoder = MergeKeyBytes(
          names.compactMap { batch.schema.index(of: $0) }.map {
            batch.columns[$0]
          })
        var key: [UInt8] = []
        var stays = Bitmap(repeating: true, count: batch.rowCount)
        for row in 0..<batch.rowCount where encoder.encode(row, into: &key) {
          if let number = keys.find(key), isChanged[number] { stays[row] = false }
        }
        let rest = stays.isAllSet ? batch : batch.filtering(stays)
        if rest.rowCount > 0 { try body(rest) }
      }
    }
  }

  /// The positions in `file` of rows that do not stay.
  func changedRows(of file: AddedFile, in snapshot: Snapshot) throws -> [Int64] {
    let names = keyPositions.map { target.schema.fields[$0].name }
    var positions: [Int64] = []
    let scan = try snapshot.scan(columns: names + [TableScan.rowPositionColumn], files: [file])
    for source in try scan.sources() {
      while let batch = try source.next() {
        guard case .int64(let rows)? = batch.columns.last?.values else { continue }
        let encoder = MergeKeyBytes(Array(batch.columns.dropLast()))
        var key: [UInt8] = []
        for row in 0..<batch.rowCount where encoder.encode(row, into: &key) {
          if let number = keys.find(key), isChanged[number] { positions.append(rows[row]) }
        }
      }
    }
    return positions
  }

  /// Whether a row of `file` changes; notes which keys it holds.
  private mutating func mustRewrite(_ file: AddedFile, of snapshot: Snapshot) throws -> Bool {
    let names = keyPositions.map { target.schema.fields[$0].name }
    var hasMatch = false
    for source in try snapshot.scan(columns: names, files: [file]).sources() {
      while let batch = try source.next(), !hasMatch {
        let encoder = MergeKeyBytes(batch.columns)
        var key: [UInt8] = []
        for row in 0..<batch.rowCount
        where encoder.encode(row, into: &key) && keys.find(key) != nil {
          hasMatch = true
          break
        }
      }
    }
    return try hasMatch && compare(file, of: snapshot)
  }

  /// Compares the rows of `file` with those given; true when one must give way.
  private mutating func compare(_ file: AddedFile, of snapshot: Snapshot) throws -> Bool {
    var changes = false
    for source in try snapshot.scan(files: [file]).sources() {
      while let given = try source.next() {
        let batch = try target.conforming(given)
        let encoder = MergeKeyBytes(keyPositions.map { batch.columns[$0] })
        var key: [UInt8] = []
        for row in 0..<batch.rowCount where encoder.encode(row, into: &key) {
          guard let number = keys.find(key) else { continue }
          if note(number, batch, row) { changes = true }
        }
      }
    }
    return changes
  }

  /// Notes that the table has the key; true when its row must give way.
  private mutating func note(_ number: Int, _ batch: Batch, _ row: Int) -> Bool {
    let isFirst = !isMatched[number]
    isMatched[number] = true
    switch wishes[number] {
    case .delete:
      isChanged[number] = true
      found.deleted += 1
      return true
    case .upsert(let other, let otherRow):
      if isFirst, RowComparison(batch, batches[Int(other)]).areEqual(row, Int(otherRow)) {
        found.unchanged += 1
        return false
      }
      if !isChanged[number] { found.updated += 1 }
      isChanged[number] = true
      return true
    }
  }

  private func ambiguity(_ batch: Batch, _ row: Int, positions: [Int]? = nil) -> Fault {
    let parts = (positions ?? keyPositions).map { position in
      "\(batch.schema.fields[position].name) = "
        + (PartitionValue.encode(batch.columns[position].scalar(at: row)) ?? "''")
    }
    return Fault(
      .verdict, at: Place(target.table.path),
      "several rows are given for the key \(parts.joined(separator: ", "))",
      remedy: "give one row a key")
  }

  /// Conditions that every key given meets.
  private func keyBounds(_ snapshot: Snapshot) -> [ColumnPredicate] {
    keyPositions.indices.flatMap { part in
      let name = target.schema.fields[keyPositions[part]].name
      return snapshot.schema.index(of: name) == nil ? [] : bounds[part].predicates(name)
    }
  }
}
