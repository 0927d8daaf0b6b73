import Core

/// All inputs that the first commits of a bronze dataset took, as digests in order: what makes the
/// question "is this new?" cheap however long the history is.
///
///     "bronzed3"                    8 bytes
///     commits, digests, looks, names, deliveries   8 bytes each, little endian: how many there are
///     digests of the inputs' bytes  32 bytes each, ascending; unpacked ones too
///     digests of their looks        32 bytes each, ascending: `LedgerKey(lookOf:)`
///     digests of their names        32 bytes each, ascending
///     digests of deliveries         32 bytes each, ascending: `LedgerKey(delivery:digest:)`
///     SHA-256 of all before         32 bytes
///
/// Made from the commits alone; where it is missing, damaged or old, they are read instead.
package struct InputLedger {
  /// How many commits, from the first on, are told of here.
  private(set) var commitCount: Int64 = 0
  private var digests: [LedgerKey] = []
  private var looks: [LedgerKey] = []
  private var names: [LedgerKey] = []
  private var deliveries: [LedgerKey] = []

  init() {}

  /// Adds the next commits after those told of.
  mutating func append(_ commits: [BronzeCommit]) {
    guard let last = commits.last else { return }
    let inputs = commits.flatMap(\.inputs)
    digests = merged(digests, inputs.flatMap { $0.digests.compactMap { LedgerKey(hex: $0) } })
    looks = merged(looks, inputs.map { LedgerKey(lookOf: $0) })
    names = merged(names, inputs.flatMap { $0.names.map { LedgerKey(of: $0) } })
    deliveries = merged(
      deliveries,
      inputs.flatMap { input in
        input.digests.map { LedgerKey(delivery: input.name, digest: $0) }
      })
    commitCount = last.version + 1
  }

  /// Whether an input with these bytes was taken.
  package func contains(digest: String) -> Bool {
    guard let key = LedgerKey(hex: digest) else { return false }
    return contains(key, in: digests)
  }

  /// Whether a file was taken that looked so.
  func contains(look: LedgerKey) -> Bool { contains(look, in: looks) }

  /// Whether an input of this name was taken.
  func has(name: String) -> Bool { contains(LedgerKey(of: name), in: names) }

  /// Whether these bytes were taken under this name.
  func contains(delivery: LedgerKey) -> Bool { contains(delivery, in: deliveries) }

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
    var next = new.sorted()[...]
    for key in old {
      while let first = next.first, first < key { keys.append(next.removeFirst()) }
      keys.append(key)
    }
    return keys + next
  }
}

extension BronzeInput {
  /// What its bytes are known by, packed and unpacked.
  var digests: [String] { [digest] + (content.map { [$0] } ?? []) }

  /// What it is called, with and without the ending of its compression.
  var names: [String] { Set([name, name.withoutCompression]).sorted() }
}

extension InputLedger {
  /// What a ledger begins with.
  static let mark = [UInt8]("bronzed3".utf8)

  /// The ledger as it lies in its file.
  var bytes: [UInt8] {
    var bytes = Self.mark
    let parts = [digests, looks, names, deliveries]
    for count in [commitCount] + parts.map({ Int64($0.count) }) {
      bytes.append(littleEndian: UInt64(count))
    }
    for key in parts.joined() { key.append(to: &bytes) }
    return bytes + SHA256.digest(of: bytes)
  }

  /// Reads what `bytes` made; nil when these are other bytes.
  init?(_ bytes: [UInt8]) {
    let head = Self.mark.count + 40
    guard bytes.count >= head + LedgerKey.byteCount, bytes.starts(with: Self.mark) else {
      return nil
    }
    let end = bytes.count - LedgerKey.byteCount
    guard SHA256.digest(of: Array(bytes[..<end])) == Array(bytes[end...]) else { return nil }
    let counts = (0..<5).map { Int(bytes.littleEndian(at: Self.mark.count + 8 * $0)) }
    guard end - head == counts[1...].reduce(0, +) * LedgerKey.byteCount else { return nil }
    commitCount = Int64(counts[0])
    var keys = stride(from: head, to: end, by: LedgerKey.byteCount).map { start in
      LedgerKey(bytes[start..<(start + LedgerKey.byteCount)])
    }[...]
    func part(_ number: Int) -> [LedgerKey] {
      defer { keys = keys.dropFirst(counts[number]) }
      return Array(keys.prefix(counts[number]))
    }
    digests = part(1)
    looks = part(2)
    names = part(3)
    deliveries = part(4)
  }
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
