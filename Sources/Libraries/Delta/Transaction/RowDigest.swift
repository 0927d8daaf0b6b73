import Columnar
import Core

/// What tells rows apart, in 128 bits: equal rows have one digest, and two different ones hardly
/// ever. It holds in this process only.
struct RowDigest: Hashable {
  private let first: UInt64
  private let second: UInt64

  private static let seeds = (HashSeed.ofProcess, HashSeed(start: .random(in: 0...UInt64.max)))

  init(_ bytes: [UInt8]) {
    (first, second) = bytes.withUnsafeBytes { bytes in
      (Self.seeds.0.hash(of: bytes), Self.seeds.1.hash(of: bytes))
    }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(first) }

  /// The round of `count` that the row falls to.
  func round(of count: Int) -> Int { Int(second % UInt64(count)) }
}

/// The digests of a batch's rows, and of their keys.
struct RowDigests {
  private let row: MergeKeyBytes
  private let key: MergeKeyBytes?
  private var bytes: [UInt8] = []

  /// Of all columns of `batch`, and of those at `keys` if there are any.
  init(_ batch: Batch, keys: [Int]) {
    row = MergeKeyBytes(batch.columns)
    key = keys.isEmpty ? nil : MergeKeyBytes(keys.map { batch.columns[$0] })
  }

  mutating func row(_ number: Int) -> RowDigest {
    row.encodeAll(number, into: &bytes)
    return RowDigest(bytes)
  }

  /// Nil for a row without a key: NULL equals nothing.
  mutating func key(_ number: Int) -> RowDigest? {
    guard let key, key.encode(number, into: &bytes) else { return nil }
    return RowDigest(bytes)
  }
}
