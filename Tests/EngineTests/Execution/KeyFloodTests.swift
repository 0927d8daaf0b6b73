import Core
import Testing

@testable import Engine

/// Keys that a stranger made to fall into one slot are numbered as fast as any.
@Suite struct KeyFloodTests {
  private static let count = 40_000

  /// Two words each, of which the second undoes what the first did to a hash that begins with
  /// `start`.
  private func keys(_ start: UInt64) -> [UInt64] {
    (0..<UInt64(KeyFloodTests.count)).flatMap { word in
      [word, HashSeed.mixed(start ^ word) ^ 0xA076_1D64_78BD_642F]
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `texts are numbered in the order in which they come`() {
    let words = keys(16 &* 0x9E37_79B9_7F4A_7C15)
    var interner = KeyInterner()
    let numbers = words.withUnsafeBytes { bytes in
      (0..<KeyFloodTests.count).map { number in
        let key = UnsafeRawBufferPointer(rebasing: bytes[number * 16..<number * 16 + 16])
        return interner.number(of: key.bindMemory(to: UInt8.self), adding: true)
      }
    }
    #expect(numbers == (0..<Int32(KeyFloodTests.count)).map { $0 })
  }

  @Test(.timeLimit(.minutes(1)))
  func `keys of several words are numbered in the order in which they come`() {
    var table = KeyTable(width: 2)
    let words = keys(0)
    let (numbers, newRows) = table.adding(words, rowCount: KeyFloodTests.count)
    #expect(numbers == (0..<Int32(KeyFloodTests.count)).map { $0 } && numbers == newRows)
    #expect(table.numbers(words, rowCount: KeyFloodTests.count) == numbers)
  }
}
