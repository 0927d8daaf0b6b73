import Columnar
import Core

/// The rows by which files that go and files that come differ, as multisets.
///
/// Files are compared partition by partition, or all together where keys tell which rows belong
/// together. What has more rows than `roundRowCount` is compared in several rounds, each of which
/// looks at the rows whose digests fall to it: memory is bounded, and files are read more often.
struct ChangedRows {
  /// How many rows there were, and how many were told.
  struct Counts {
    var removed = 0
    var added = 0
    var told: [ChangeColumns.Kind: Int] = [:]

    /// Whether each row that went was told as deleted and each that came as inserted.
    var areAll: Bool {
      told[.delete] ?? 0 == removed && told[.insert] ?? 0 == added
    }
  }

  /// Files that have rows in common with no others.
  private struct Part {
    var removed: [AddedFile] = []
    var added: [AddedFile] = []
  }

  /// A row of one side that the other lacks, and how often.
  private struct Entry {
    var key: RowDigest?
    /// Above zero: it went so often. Below: it came.
    var surplus: Int32 = 0
  }

  /// About this many entries fit into some tens of mebibytes.
  static let standardRoundRowCount = 1 << 20

  private let snapshot: Snapshot
  private let keys: [Int]
  private let roundRowCount: Int
  private var parts: [Part] = []
  private var counts = Counts()

  /// Both kinds of files are read in the columns of `snapshot`.
  init(
    _ snapshot: Snapshot, removed: [AddedFile], added: [AddedFile], keys: [String],
    roundRowCount: Int
  ) {
    self.snapshot = snapshot
    self.keys = keys.compactMap { snapshot.schema.index(of: $0) }
    self.roundRowCount = roundRowCount
    let columns = keys.isEmpty ? snapshot.physicalPartitionColumns : []
    var places: [[String?]: Int] = [:]
    func place(_ file: AddedFile) -> Int {
      let values = file.partition(columns)
      if let place = places[values] { return place }
      places[values] = parts.count
      parts.append(Part())
      return parts.count - 1
    }
    for file in removed { parts[place(file)].removed.append(file) }
    for file in added { parts[place(file)].added.append(file) }
  }

  /// Gives the rows, those that went before those that came, a kind at a time.
  mutating func visit(_ body: (ChangeColumns.Kind, Batch) throws -> Void) throws -> Counts {
    counts = Counts()
    for part in parts {
      let roundCount = Self.rowCount(part.removed + part.added) / roundRowCount + 1
      for round in 0..<roundCount { try visit(part, round, of: roundCount, body) }
    }
    return counts
  }

  private mutating func visit(
    _ part: Part, _ round: Int, of roundCount: Int,
    _ body: (ChangeColumns.Kind, Batch) throws -> Void
  ) throws {
    var entries: [RowDigest: Entry] = [:]
    counts.removed += try scan(part.removed, round, of: roundCount) { row, key, _ in
      entries[row, default: Entry(key: key)].surplus += 1
      return nil
    }
    counts.added += try scan(part.added, round, of: roundCount) { row, key, _ in
      entries[row, default: Entry(key: key)].surplus -= 1
      return nil
    }
    entries = entries.filter { $0.value.surplus != 0 }
    if entries.isEmpty { return }
    // A key that has a row on either side was changed.
    var gone: Set<RowDigest> = []
    var come: Set<RowDigest> = []
    for entry in entries.values {
      guard let key = entry.key else { continue }
      if entry.surplus > 0 { gone.insert(key) } else { come.insert(key) }
    }
    let changed = gone.intersection(come)
    for sign in [1, -1] as [Int32] {
      let files = sign > 0 ? part.removed : part.added
      let kinds: (ChangeColumns.Kind, ChangeColumns.Kind) =
        sign > 0 ? (.delete, .before) : (.insert, .after)
      _ = try scan(files, round, of: roundCount, body) { row, key, _ in
        guard let surplus = entries[row]?.surplus, surplus * sign > 0 else { return nil }
        entries[row]?.surplus -= sign
        return key.map(changed.contains) ?? false ? kinds.1 : kinds.0
      }
    }
  }

  /// Looks at the rows of a round; those for which `judge` tells a kind are given to `body`.
  private mutating func scan(
    _ files: [AddedFile], _ round: Int, of roundCount: Int,
    _ body: (ChangeColumns.Kind, Batch) throws -> Void = { _, _ in },
    judge: (_ row: RowDigest, _ key: RowDigest?, _ number: Int) -> ChangeColumns.Kind?
  ) throws -> Int {
    var count = 0
    for source in try snapshot.scan(files: files).sources() {
      while let batch = try source.next() {
        var digests = RowDigests(batch, keys: keys)
        var told: [ChangeColumns.Kind: [Int32]] = [:]
        for number in 0..<batch.rowCount {
          let key = digests.key(number)
          // Rows of one key must meet in one round.
          if let key, key.round(of: roundCount) != round { continue }
          let row = digests.row(number)
          if key == nil, row.round(of: roundCount) != round { continue }
          count += 1
          if let kind = judge(row, key, number) { told[kind, default: []].append(Int32(number)) }
        }
        for kind in ChangeColumns.Kind.allCases {
          guard let rows = told[kind] else { continue }
          counts.told[kind, default: 0] += rows.count
          try body(kind, rows.count == batch.rowCount ? batch : batch.taking(rows))
        }
      }
    }
    return count
  }

  /// About how many rows files hold.
  private static func rowCount(_ files: [AddedFile]) -> Int {
    files.reduce(0) { $0.saturatingAdd($1.rowCount ?? $1.byteCount / 16) }
  }
}
