import Core

/// A damage that a drill does on purpose, to its own copies, to see that it is found and mended.
package enum DrillDamage: String, Sendable, CaseIterable {
  /// A byte of the backup has changed on its disk.
  case disk
  /// A commit of a restored table is gone.
  case log
  /// A table says that it has read more than there is.
  case offsets
  /// The machine's clock stands before the epoch.
  case clock
  /// The key that the backup holds for its recipient was changed.
  case key
  /// A file of the backup is not whole: its upload broke off.
  case partialUpload = "partial-upload"

  /// Whether it is done to the copy of the backup, before it is opened.
  var isOfBackup: Bool { [.disk, .key, .partialUpload].contains(self) }
}

/// Does damage to files, and says where.
struct DamageDoer {
  private let files: any FileSystem
  private var random: SplitMix

  init(_ files: any FileSystem, seed: UInt64) {
    self.files = files
    random = SplitMix(state: seed)
  }

  /// Changes one byte of the file at `path`, somewhere behind its beginning.
  mutating func flipByte(of path: String) throws(Fault) {
    var bytes = try files.read(path)
    guard bytes.count > 32 else { return }
    bytes[Int.random(in: 16..<bytes.count - 16, using: &random)] ^= 0x20
    try files.replace(path, bytes)
  }

  /// Leaves the first half of the file at `path`.
  func cut(_ path: String) throws(Fault) {
    let bytes = try files.read(path)
    try files.replace(path, Array(bytes.prefix(bytes.count / 2)))
  }

  /// One of `items`, by chance; nil when there are none.
  mutating func choice<Item>(of items: [Item]) -> Item? { items.randomElement(using: &random) }
}

/// Random numbers of a seed, the same on every machine (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15  // Wrapping: a counter.
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9  // Wrapping: a hash.
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB  // Wrapping: a hash.
    return mixed ^ (mixed >> 31)
  }
}
