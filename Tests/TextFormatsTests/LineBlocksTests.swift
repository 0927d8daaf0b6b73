import Core
import TestSupport
import Testing
import TextFormats

@Suite struct LineBlocksTests {
  private func blocks(
    _ text: String, pieces: Int, block: Int, longest: Int = 1_000
  ) throws -> [String] {
    let bytes = [UInt8](text.utf8)
    let cut = stride(from: 0, to: bytes.count, by: pieces).map { start in
      Array(bytes[start..<min(start + pieces, bytes.count)])
    }
    let lines = LineBlocks(MemoryBytes(cut), blockByteCount: block, maximumLineLength: longest)
    let buffer = ByteBlock(capacity: 0)
    var found: [String] = []
    while true {
      switch try lines.fill(buffer) {
      case .end: return found
      case .overlongLine: found.append("overlong: \(String(decoding: buffer.bytes, as: UTF8.self))")
      case .lines: found.append(String(decoding: buffer.bytes, as: UTF8.self))
      }
    }
  }

  @Test(arguments: [1, 2, 7, 100], [1, 5, 16, 1_000])
  func `blocks are whole lines, and all of them`(pieces: Int, block: Int) throws {
    let text = "one\ntwo\n\nfour is longer\nfive\r\nsix has no end"
    let found = try blocks(text, pieces: pieces, block: block)
    #expect(found.joined() == text)
    #expect(found.dropLast().allSatisfy { $0.utf8.last == 0x0A })
    #expect(found.allSatisfy { $0.utf8.count <= max(block, 16) + block })
  }

  @Test func `a mark of byte order at the beginning is left out`() throws {
    #expect(try blocks("\u{FEFF}a\n\u{FEFF}b\n", pieces: 1, block: 100) == ["a\n\u{FEFF}b\n"])
    #expect(try blocks("\u{FEFF}", pieces: 2, block: 100) == [])
    #expect(try blocks("", pieces: 1, block: 100) == [])
    #expect(try blocks("a", pieces: 1, block: 100) == ["a"])
  }

  @Test(arguments: [1, 3, 7, 100], [3, 4, 5, 100])
  func `what was filled in stands where its offset says`(pieces: Int, block: Int) throws {
    let long = String(repeating: "x", count: 15)
    for mark in ["", "\u{FEFF}"] {
      let text = "\(mark)a\n\n\(long)\nb\nccccccc\n\(long)\(long)\n\(long)\ndd\n\(long)"
      let bytes = [UInt8](text.utf8)
      let cut = stride(from: 0, to: bytes.count, by: pieces).map { start in
        Array(bytes[start..<min(start + pieces, bytes.count)])
      }
      let lines = LineBlocks(MemoryBytes(cut), blockByteCount: block, maximumLineLength: 10)
      let buffer = ByteBlock(capacity: 0)
      var overlongCount = 0
      var last = -1
      while true {
        let filling = try lines.fill(buffer)
        if filling == .end { break }
        if filling == .overlongLine { overlongCount += 1 }
        #expect(lines.offset > last)
        last = lines.offset
        #expect(bytes[last...].starts(with: buffer.bytes.map { $0 }), "at \(last)")
        #expect(last == mark.utf8.count || bytes[last - 1] == 0x0A)
      }
      #expect(overlongCount == 4)
    }
  }

  @Test(arguments: [1, 3, 7, 100], [3, 4, 5, 100])
  func `a line longer than allowed is cut and told apart, however it comes`(
    pieces: Int, block: Int
  ) throws {
    let good = String(repeating: "x", count: 10)
    func found(_ text: String) throws -> [String] {
      try blocks(text, pieces: pieces, block: block, longest: 10)
    }
    #expect(try found("\(good)\n\(good)").joined() == "\(good)\n\(good)")
    let middle = try found("a\n\(good)y\nb\nc\n")
    #expect(middle.filter { $0.hasPrefix("overlong") } == ["overlong: \(good)"])
    #expect(middle.filter { !$0.hasPrefix("overlong") }.joined() == "a\nb\nc\n")
    #expect(middle.first == "a\n")
    #expect(try found("\(good)\(good)\(good)\nb") == ["overlong: \(good)", "b"])
    #expect(try found("b\n\(good)yz") == ["b\n", "overlong: \(good)"])
    #expect(
      try found("\(good)1\n\(good)2\n") == ["overlong: \(good)", "overlong: \(good)"])
  }
}
