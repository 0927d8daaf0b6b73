package import Columnar
import Core
package import Delta

/// What an index knows of the keys of one version of a table. It stays as it is, whatever becomes
/// of the index.
package struct KeyLookup: Sendable {
  /// Which files may hold some keys.
  package enum Whereabouts: Sendable {
    case anywhere
    /// Files of these partitions only, by the text of the values of the partition columns.
    case partitions(Set<[String?]>)
  }

  let columns: [String]
  package let partitions: [[String?]]
  package let runs: [SortedKeys]

  package init(
    columns: [String], partitions: [[String?]], runs: [SortedKeys]
  ) {
    self.columns = columns
    self.partitions = partitions
    self.runs = runs
  }

  /// How many entries there are; a key counts once for each partition it was ever in.
  package var entryCount: Int { runs.reduce(0) { $0 + $1.count } }

  /// Where rows with the keys of `batch` may stand: its columns called as the index's.
  package func whereabouts(of batch: Batch) throws -> Whereabouts {
    let positions = columns.compactMap { batch.schema.index(of: $0) }
    precondition(positions.count == columns.count, "a key has all columns of its index")
    return try whereabouts(
      of: KeyHash.hashes(of: positions.map { batch.columns[$0] }, count: batch.rowCount))
  }

  /// Where rows whose keys have these hashes may stand.
  package func whereabouts(of hashes: [UInt64]) throws -> Whereabouts {
    var numbers: Set<UInt16> = []
    try probe(Array(Set(hashes))) { _, entry in
      numbers.insert(KeyEntry.partition(of: entry))
      return true
    }
    if numbers.contains(KeyEntry.anyPartition) { return .anywhere }
    return .partitions(Set(numbers.map { partitions[Int($0)] }))
  }

  /// For each hash whether the table may hold its key; when not, it surely does not.
  package func mayHold(_ hashes: [UInt64]) throws -> [Bool] {
    var held = [Bool](repeating: false, count: hashes.count)
    try probe(hashes) { position, _ in
      held[position] = true
      return false
    }
    return held
  }

  /// Calls `found` for each entry of the keys with `hashes`, with the position of the hash, as long
  /// as it asks for more.
  private func probe(_ hashes: [UInt64], _ found: (Int, UInt64) -> Bool) throws {
    if runs.isEmpty || hashes.isEmpty { return }
    let order = hashes.indices.sorted { hashes[$0] < hashes[$1] }
    let prefixes = order.map { KeyEntry.prefix(of: hashes[$0]) }
    for run in runs { try run.probe(prefixes) { found(order[$0], $1) } }
  }
}

extension KeyLookup.Whereabouts {
  /// Those of `files` that may hold the keys.
  package func files(_ files: [AddedFile], partitionedBy columns: [String]) -> [AddedFile] {
    switch self {
    case .anywhere: files
    case .partitions(let partitions):
      partitions.isEmpty ? [] : files.filter { partitions.contains($0.partition(columns)) }
    }
  }

  /// Where either may stand.
  package func union(_ other: KeyLookup.Whereabouts) -> KeyLookup.Whereabouts {
    switch (self, other) {
    case (.partitions(let left), .partitions(let right)): .partitions(left.union(right))
    default: .anywhere
    }
  }
}
