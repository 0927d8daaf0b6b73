import Core
import Delta
import TableKeys

/// Which keys may have rows already: in the table, in its auxiliary table of changes that left no
/// row, or seen by this run.
final class KeyPresence {
  private let table: KeyLookup?
  private let auxiliary: KeyLookup?
  private let asksPages: Bool
  /// Keys of this run, and those of the table when they are many in question.
  private var filter: BloomFilter?
  /// For so many keys the first filter is made, so that few are made again.
  private let firstCapacity: Int
  /// A first filter for more keys than this waits until they have come.
  private static let firstCapacityLimit = 16 << 20
  private var others: [UInt64] = []
  /// The keys of rows that this run has written, and their partitions.
  let written: KeySorter
  private var writtenRuns: (count: Int, runs: [SortedKeys])?

  /// What is known of a table and its auxiliary table (nil: they are empty) to a run that brings
  /// about `expectedCount` rows.
  init(
    table: KeyLookup?, auxiliary: KeyLookup?, expectedCount: Int, scratchFolder: String
  ) throws {
    self.table = table
    self.auxiliary = auxiliary
    written = KeySorter(in: scratchFolder)
    firstCapacity = min(max(1 << 17, expectedCount), KeyPresence.firstCapacityLimit)
    let pageCount =
      ((table?.entryCount ?? 0) + (auxiliary?.entryCount ?? 0)) / SortedKeys.pageEntryCount
    // A few keys read a page each; many are asked of a filter that has read all pages once.
    asksPages = expectedCount < max(pageCount * 8, 1 << 14)
  }

  /// For each key whether it may have a row that this run has not written.
  func mayBeStored(_ hashes: [UInt64]) throws -> [Bool] {
    var known = [Bool](repeating: false, count: hashes.count)
    guard asksPages else {
      if filter == nil { filter = try makeFilter(capacity: firstCapacity) }
      return known
    }
    for lookup in [table, auxiliary] {
      guard let lookup, lookup.entryCount > 0 else { continue }
      let held = try lookup.mayHold(hashes)
      for row in held.indices where held[row] { known[row] = true }
    }
    return known
  }

  /// For each key whether it may have been seen by this run, or be stored where `mayBeStored` does
  /// not look.
  func mayBeSeen(_ hashes: [UInt64]) -> [Bool] {
    filter?.mayHold(hashes) ?? [Bool](repeating: false, count: hashes.count)
  }

  /// Remembers the keys of rows that are written, each to a partition.
  func write(_ hashes: [UInt64], partitions: [UInt16]) throws(Fault) {
    try written.append(zip(hashes, partitions).map(KeyEntry.make))
    try see(hashes)
  }

  /// Remembers keys that must be resolved.
  func contest(_ hashes: [UInt64]) throws(Fault) {
    others += hashes.map(KeyEntry.prefix)
    try see(hashes)
  }

  /// Where rows of keys may stand: in the table or among those that this run has written.
  func whereabouts(
    of hashes: [UInt64], partitions: [[String?]]
  ) throws -> KeyLookup.Whereabouts {
    let stored = try table?.whereabouts(of: hashes) ?? .partitions([])
    return try stored.union(lookup(partitions).whereabouts(of: hashes))
  }

  /// For each key whether this run may have written a row of it.
  func mayBeWritten(_ hashes: [UInt64]) throws -> [Bool] { try lookup([]).mayHold(hashes) }

  /// The keys written so far as an index has them.
  private func lookup(_ partitions: [[String?]]) throws(Fault) -> KeyLookup {
    if writtenRuns?.count != written.count {
      writtenRuns = (written.count, try written.sortedRuns())
    }
    return KeyLookup(columns: [], partitions: partitions, runs: writtenRuns?.runs ?? [])
  }

  private func see(_ hashes: [UInt64]) throws(Fault) {
    guard let filter, filter.count + hashes.count <= filter.capacity else {
      let capacity = max(firstCapacity, 2 * (filter?.count ?? 0), 2 * hashes.count)
      filter = try makeFilter(capacity: capacity)
      // What is remembered just now is among what the filter was made of.
      return
    }
    filter.insert(hashes)
  }

  /// A filter of all keys that it must know, with room for more.
  private func makeFilter(capacity: Int) throws(Fault) -> BloomFilter {
    var runs = try written.sortedRuns()
    if !asksPages { runs += (table?.runs ?? []) + (auxiliary?.runs ?? []) }
    let count = runs.reduce(others.count) { $0 + $1.count }
    let filter = BloomFilter(capacity: max(capacity, count * 3 / 2))
    filter.insert(others)
    for run in runs {
      for start in stride(from: 0, to: run.count, by: 1 << 16) {
        filter.insert(try run.entries(start..<min(run.count, start + 1 << 16)))
      }
    }
    return filter
  }
}
