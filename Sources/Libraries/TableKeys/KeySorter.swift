package import Core

/// Entries that come in any order, gathered in bounded memory and given back sorted.
///
/// A buffer of them is sorted when it is full and set aside in a scratch file.
package final class KeySorter {
  private let limit: Int
  private let directory: String
  private var waiting: [UInt64] = []
  private var runs: [SortedKeys] = []
  package private(set) var count = 0

  /// Holds at most `limit` entries in memory; sets others aside in `directory`.
  package init(limit: Int = 1 << 20, in directory: String) {
    self.limit = limit
    self.directory = directory
  }

  package func append(_ entries: [UInt64]) throws(Fault) {
    waiting += entries
    count += entries.count
    if waiting.count >= limit { try setAside() }
  }

  /// All entries so far, as runs that are each sorted; more may be appended after it.
  package func sortedRuns() throws(Fault) -> [SortedKeys] {
    if waiting.isEmpty { return runs }
    var entries = waiting
    KeyEntry.sort(&entries)
    return runs + [SortedKeys(entries)]
  }

  private func setAside() throws(Fault) {
    KeyEntry.sort(&waiting)
    let file = try ScratchFile(in: directory)
    var writer = SortedKeysWriter { bytes throws(Fault) in try file.append(bytes) }
    let piece = 64 * SortedKeys.pageEntryCount
    for start in stride(from: 0, to: waiting.count, by: piece) {
      try writer.append(waiting[start..<min(start + piece, waiting.count)])
    }
    runs.append(SortedKeys(file, count: writer.count, fences: writer.fences))
    waiting.removeAll(keepingCapacity: true)
  }
}
