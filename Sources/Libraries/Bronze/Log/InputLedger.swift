import Core

/// All inputs that the first commits of a bronze dataset took, as digests in order: what makes the
/// question "is this new?" cheap however long the history is.
///
///     "bronzed2"                    8 bytes
///     commits, digests, looks, names   8 bytes each, little endian: how many there are
///     digests of the inputs' bytes  32 bytes each, ascending
///     digests of their looks        32 bytes each, ascending: see `look`
///     digests of their names        32 bytes each, ascending
///     SHA-256 of all before         32 bytes
///
/// Made from the commits alone; where it is missing, damaged or old, they are read instead.
package struct InputLedger {
  /// How many commits, from the first on, are told of here.
  private(set) var commitCount: Int64 = 0
  private var digests: [LedgerKey] = []
  private var looks: [LedgerKey] = []
  private var names: [LedgerKey] = []

  init() {}

  /// Adds the next commits after those told of.
  mutating func append(_ commits: [BronzeCommit]) {
    guard let last = commits.last else { return }
    let inputs = commits.flatMap(\.inputs)
    digests = merged(digests, inputs.compactMap { LedgerKey(hex: $0.digest) }.sorted())
    looks = merged(looks, inputs.map(Self.look).sorted())
    names = merged(names, inputs.map { Self.key(ofName: $0.name) }.sorted())
    commitCount = last.version + 1
  }

  /// Whether an input with these bytes was taken.
  package func contains(digest: String) -> Bool {
    guard let key = LedgerKey(hex: digest) else { return false }
    return contains(key, in: digests)
  }

  /// Whether the file at `path` was taken and looks as it did then.
  func has(_ path: String, _ status: FileStatus) -> Bool {
    guard !looks.isEmpty else { return false }
    let input = BronzeInput(
      name: path, byteCount: status.byteCount, modified: status.modified, digest: "")
    return contains(Self.look(of: input), in: looks)
  }

  /// Whether an input of this name was taken.
  func has(name: String) -> Bool { contains(Self.key(ofName: name), in: names) }

  private static func key(ofName name: String) -> LedgerKey {
    LedgerKey(SHA256.digest(of: [UInt8](name.utf8))[...])
  }

  /// What an input looked like: its name, its size and when it was changed.
  private static func look(of input: BronzeInput) -> LedgerKey {
    let time = input.modified.map { "\($0.microseconds)" } ?? ""
    let text = "\(input.name)\0\(input.byteCount)\0\(time)"
    return LedgerKey(SHA256.digest(of: [UInt8](text.utf8))[...])
  }

  private func contains(_ key: LedgerKey, in keys: [LedgerKey]) -> Bool {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < keys.count && keys[low] == key
  }

  private func merged(_ old: [LedgerKey], _ new: [LedgerKey]) -> [LedgerKey] {
    var keys: [LedgerKey] = []
    keys.reserveCapacity(old.count + new.count)
    var next = new[...]
    for key in old {
      while let first = next.first, first < key { keys.append(next.removeFirst()) }
      keys.append(key)
    }
    return keys + next
  }
}

extension InputLedger {
  private static let mark = [UInt8]("bronzed2".utf8)

  /// The ledger as it lies in its file.
  var bytes: [UInt8] {
    var bytes = Self.mark
    for count in [commitCount, Int64(digests.count), Int64(looks.count), Int64(names.count)] {
      bytes.append(littleEndian: UInt64(count))
    }
    for key in digests + looks + names { key.append(to: &bytes) }
    return bytes + SHA256.digest(of: bytes)
  }

  /// Reads what `bytes` made; nil when these are other bytes.
  init?(_ bytes: [UInt8]) {
    let head = Self.mark.count + 32
    guard bytes.count >= head + LedgerKey.byteCount, bytes.starts(with: Self.mark) else {
      return nil
    }
    let end = bytes.count - LedgerKey.byteCount
    guard SHA256.digest(of: Array(bytes[..<end])) == Array(bytes[end...]) else { return nil }
    let counts = (0..<4).map { Int(bytes.littleEndian(at: Self.mark.count + 8 * $0)) }
    guard end - head == (counts[1] + counts[2] + counts[3]) * LedgerKey.byteCount else {
      return nil
    }
    commitCount = Int64(counts[0])
    let keys = stride(from: head, to: end, by: LedgerKey.byteCount).map { start in
      LedgerKey(bytes[start..<(start + LedgerKey.byteCount)])
    }
    digests = Array(keys[..<counts[1]])
    looks = Array(keys[counts[1]..<(counts[1] + counts[2])])
    names = Array(keys[(counts[1] + counts[2])...])
  }
}

/// A SHA-256 digest that compares as its bytes do.
private struct LedgerKey: Comparable {
  static let byteCount = SHA256.byteCount

  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// The key of 32 bytes.
  init(_ bytes: ArraySlice<UInt8>) {
    func word(_ number: Int) -> UInt64 {
      let start = bytes.startIndex + 8 * number
      return bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// The key of 64 hexadecimal digits; nil for another text.
  init?(hex: String) {
    guard let bytes = bytes(ofHex: hex), bytes.count == Self.byteCount else { return nil }
    self.init(bytes[...])
  }

  func append(to bytes: inout [UInt8]) {
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
  }

  static func < (left: LedgerKey, right: LedgerKey) -> Bool { left.words < right.words }

  static func == (left: LedgerKey, right: LedgerKey) -> Bool { left.words == right.words }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }

  fileprivate func littleEndian(at index: Int) -> UInt64 {
    self[index..<(index + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
