package import Core

/// Sorted entries that are read in places: a file of an index, or one set aside in this run.
///
///     entries, least first (8 bytes each)
///     the first entry of each page of 512 (8 bytes each)
///     "keyrun01", number of entries (8 bytes)
///
/// All numbers are little endian. The same entry comes once.
package struct SortedKeys: Sendable {
  package static let pageEntryCount = 512
  fileprivate static let magic = Array("keyrun01".utf8)

  package let count: Int
  /// The first entry of each page.
  private let fences: [UInt64]
  private let read: @Sendable (_ offset: Int, _ count: Int) throws(Fault) -> [UInt8]

  /// Entries in memory.
  init(_ entries: [UInt64]) {
    count = entries.count
    fences = stride(from: 0, to: entries.count, by: Self.pageEntryCount).map { entries[$0] }
    read = { offset, count in
      let first = min(offset / 8, entries.count)
      return KeyEntry.bytes(of: entries[first..<min(first + count / 8, entries.count)])
    }
  }

  /// A file of entries; nil when it is not one, or not whole.
  init?(_ file: any ReadableFile) throws(Fault) {
    let trailer = try file.read(at: max(0, file.byteCount - 16), count: 16)
    guard trailer.count == 16, Array(trailer[..<8]) == Self.magic else { return nil }
    let count = Int(truncatingIfNeeded: KeyEntry.entries(in: Array(trailer[8...]))[0])
    let pageCount = (count + Self.pageEntryCount - 1) / Self.pageEntryCount
    guard count >= 0, file.byteCount == count * 8 + pageCount * 8 + 16 else { return nil }
    self.count = count
    fences = KeyEntry.entries(in: try file.read(at: count * 8, count: pageCount * 8))
    read = { (offset, count) throws(Fault) in try file.read(at: offset, count: count) }
  }

  /// Entries at the beginning of a scratch file, which is only read from here on.
  init(_ file: ScratchFile, count: Int, fences: [UInt64]) {
    self.count = count
    self.fences = fences
    let shared = SharedScratch(file: file)
    read = { (offset, count) throws(Fault) in try shared.file.read(at: offset, count: count) }
  }

  /// The entries of `range`.
  package func entries(_ range: Range<Int>) throws(Fault) -> [UInt64] {
    KeyEntry.entries(in: try read(range.lowerBound * 8, range.count * 8))
  }

  /// Calls `found` for each entry whose hash begins as one of `prefixes` (sorted), with the
  /// position of that prefix, as long as it asks for more of them: keys that were made to have one
  /// hash may have many.
  func probe(_ prefixes: [UInt64], _ found: (_ position: Int, _ entry: UInt64) -> Bool) throws {
    guard count > 0 else { return }
    // Few keys read a page each; many read the run from end to end, in large pieces.
    let pagesAtOnce = prefixes.count * 2 > fences.count ? 256 : 1
    var block: [UInt64] = []
    var blockStart = 0
    for (position, prefix) in prefixes.enumerated() {
      var index = firstPage(notAbove: prefix) * Self.pageEntryCount
      while index < count {
        if !(blockStart..<blockStart + block.count).contains(index) {
          blockStart = index / Self.pageEntryCount * Self.pageEntryCount
          block = try entries(
            blockStart..<min(count, blockStart + pagesAtOnce * Self.pageEntryCount))
          guard !block.isEmpty else { return }
        }
        index = blockStart + Self.lowerBound(block, prefix, from: index - blockStart)
        guard index < blockStart + block.count else { continue }
        let entry = block[index - blockStart]
        guard KeyEntry.prefix(of: entry) == prefix, found(position, entry) else { break }
        index += 1
      }
    }
  }

  /// The last page that begins below `prefix`, or the first.
  private func firstPage(notAbove prefix: UInt64) -> Int {
    max(0, Self.lowerBound(fences, prefix, from: 0) - 1)
  }

  /// The position of the first of `values` (sorted) from `start` on that is not below `value`.
  private static func lowerBound(_ values: [UInt64], _ value: UInt64, from start: Int) -> Int {
    var low = start
    var high = values.count
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Writes a file of sorted entries as `SortedKeys` draws it. A scratch file needs no end: that
/// tells another run what is in the file, and that it is whole.
struct SortedKeysWriter {
  private(set) var count = 0
  /// The first entry of each page.
  private(set) var fences: [UInt64] = []
  private let write: ([UInt8]) throws(Fault) -> Void

  /// `write` appends bytes to the file.
  init(_ write: @escaping ([UInt8]) throws(Fault) -> Void) { self.write = write }

  /// Adds entries, none of which is below those before.
  mutating func append(_ entries: ArraySlice<UInt64>) throws(Fault) {
    let page = SortedKeys.pageEntryCount
    let firstFence = entries.startIndex + (page - count % page) % page
    for index in stride(from: firstFence, to: entries.endIndex, by: page) {
      fences.append(entries[index])
    }
    count += entries.count
    try write(KeyEntry.bytes(of: entries))
  }

  /// Writes the end of the file; nothing can be added after it.
  func finish() throws(Fault) {
    try write(
      KeyEntry.bytes(of: fences) + SortedKeys.magic + KeyEntry.bytes(of: [UInt64(count)]))
  }
}

/// A scratch file that several readers share: reading it moves nothing.
private struct SharedScratch: @unchecked Sendable {
  let file: ScratchFile
}
