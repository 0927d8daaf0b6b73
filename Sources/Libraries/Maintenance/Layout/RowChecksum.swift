package import Columnar
import Core

/// How many rows there are, and a sum that tells their values, in whatever order they come.
///
/// Each row has a hash of the texts of its values, NULL told from every text; the hashes are added
/// up. Equal multisets have equal sums; others hardly ever, in 64 bits.
package struct RowChecksum: Hashable, Sendable {
  package private(set) var rowCount = 0
  package private(set) var sum: UInt64 = 0

  /// Of no rows.
  package init() {}

  /// Takes the rows of a batch in.
  package mutating func add(_ batch: Batch) {
    var text: [UInt8] = []
    for row in 0..<batch.rowCount {
      var hash = Self.seed
      for column in batch.columns {
        text.removeAll(keepingCapacity: true)
        if column.isNull(row) {
          hash = Self.mixed(hash, .max)
        } else {
          column.appendText(at: row, to: &text)
          hash = Self.hash(text, from: hash)
        }
      }
      sum &+= hash  // Wrapping: a sum of hashes.
    }
    rowCount += batch.rowCount
  }

  private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func hash(_ bytes: [UInt8], from seed: UInt64) -> UInt64 {
    var hash = mixed(seed, UInt64(bytes.count))
    bytes.withUnsafeBytes { bytes in
      var position = 0
      while position + 8 <= bytes.count {
        hash = mixed(hash, bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        position += 8
      }
      var tail: UInt64 = 0
      while position < bytes.count {
        tail = tail << 8 | UInt64(bytes[position])
        position += 1
      }
      hash = mixed(hash, tail)
    }
    return hash
  }

  private static func mixed(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let product = (hash ^ 0xA076_1D64_78BD_642F)
      .multipliedFullWidth(by: value ^ 0xD6E8_FEB8_6659_FD93)
    let folded = product.high ^ product.low
    return folded ^ (folded >> 29) ^ hash &* 3  // Wrapping: a hash.
  }
}

/// Passes rows on and sums them up.
final class SummedSource: BatchSource {
  var schema: Schema { source.schema }
  private(set) var checksum = RowChecksum()
  private let source: any BatchSource

  init(_ source: any BatchSource) { self.source = source }

  func next() throws -> Batch? {
    guard let batch = try source.next() else { return nil }
    checksum.add(batch)
    return batch
  }
}
