import Core
import TestSupport
import Testing

@testable import Runs

@Suite struct TalkLinesTests {
  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func `lines are the same, in whatever pieces they come`(seed: UInt64) {
    var random = SeededRandom(seed)
    let lines = (0..<20).map { number in
      let level = [TalkLevel.error, .warning, .note, nil].randomElement(using: &random)!
      let words = "line \(number), of \(Int.random(in: 0...9, using: &random))\n"
      return TalkLine(Array(words.utf8), level)
    }
    var left = lines.flatMap { ($0.level?.mark ?? []) + $0.text }[...]
    var heard: [TalkLine] = []
    var cutter = TalkLines()
    while !left.isEmpty {
      let piece = left.prefix(Int.random(in: 1...40, using: &random))
      left = left.dropFirst(piece.count)
      cutter.take(Array(piece)) { heard.append($0) }
    }
    cutter.end { heard.append($0) }
    #expect(heard == lines, "seed \(seed)")
  }

  @Test func `a line that never ends is given on in pieces, and no secret is cut in two`() {
    KnownSecrets.add(Array("hunter-of-the-long-line".utf8))
    var cutter = TalkLines()
    var heard: [TalkLine] = []
    let words = Array(repeating: "hunter-of-the-long-line ", count: 20_000).joined()
    cutter.take(Array(words.utf8)) { heard.append($0) }
    cutter.end { heard.append($0) }
    #expect(heard.count > 4)
    #expect(heard.allSatisfy { $0.text.count <= TalkLines.longest })
    let told = String(decoding: heard.flatMap(\.text), as: UTF8.self)
    #expect(told == Array(repeating: "*** ", count: 20_000).joined())
  }
}
