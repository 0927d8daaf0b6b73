import Core

/// The entries of several runs in one order, each once.
struct MergedEntries {
  /// One run being read.
  private struct Cursor {
    let run: SortedKeys
    var next = 0
    var block: [UInt64] = []
    var position = 0

    /// The entry in hand; nil at the end.
    var entry: UInt64? { position < block.count ? block[position] : nil }

    mutating func advance() throws(Fault) {
      position += 1
      if position >= block.count { try load() }
    }

    mutating func load() throws(Fault) {
      let end = min(run.count, next + 8_192)
      block = next < end ? try run.entries(next..<end) : []
      position = 0
      next = end
    }
  }

  private var cursors: [Cursor]
  private var last: UInt64?

  init(_ runs: [SortedKeys]) throws(Fault) {
    cursors = []
    for run in runs {
      var cursor = Cursor(run: run)
      try cursor.load()
      if cursor.entry != nil { cursors.append(cursor) }
    }
  }

  /// The next entries, least first, about 8,000 at a time; none at the end.
  mutating func next() throws(Fault) -> [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(8_192)
    while result.count < 8_192, let least = leastCursor() {
      let entry = cursors[least].block[cursors[least].position]
      if entry != last { result.append(entry) }
      last = entry
      try cursors[least].advance()
      if cursors[least].entry == nil { cursors.remove(at: least) }
    }
    return result
  }

  /// Few runs are merged, so that looking at each is as good as a heap.
  private func leastCursor() -> Int? {
    var least: Int?
    var value = UInt64.max
    for (index, cursor) in cursors.enumerated() {
      let entry = cursor.block[cursor.position]
      if least == nil || entry < value {
        least = index
        value = entry
      }
    }
    return least
  }
}
