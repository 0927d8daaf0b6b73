import Core
import Ingest
import Testing

@Suite struct EventSegmentsTests {
  /// Pieces of a pipe, each after so many looks at it that found nothing.
  private final class Pipe: ByteSource {
    private var pieces: ArraySlice<(quiet: Int, text: String)>
    private(set) var longestWait = Duration.zero

    init(_ pieces: [(quiet: Int, text: String)]) { self.pieces = pieces[...] }

    func next() throws(Fault) -> [UInt8]? { pieces.popFirst().map { Array($0.text.utf8) } }

    func waits(_ patience: Duration) -> Bool {
      longestWait = max(longestWait, patience)
      guard let first = pieces.first, first.quiet > 0 else { return true }
      pieces[pieces.startIndex].quiet -= 1
      return false
    }
  }

  private func segments(
    _ pipe: Pipe, _ limits: EventSegments.Limits
  ) throws -> [(text: String, linesBefore: Int, bytesBefore: Int)] {
    let segments = EventSegments(pipe, limits: limits, waits: pipe.waits)
    var found: [(text: String, linesBefore: Int, bytesBefore: Int)] = []
    while let segment = try segments.next() {
      let text = String(decoding: segment.bytes, as: UTF8.self)
      found.append((text, segment.linesBefore, segment.bytesBefore))
    }
    return found
  }

  @Test(arguments: [1, 2, 3, 7])
  func `segments are whole lines, and all of them, with their numbers`(limit: Int) throws {
    let text = "one\ntwo\n\nfour\nfive\nsix has no end"
    for size in [1, 2, 5, 100] {
      let bytes = Array(text.utf8)
      let pieces = stride(from: 0, to: bytes.count, by: size).map { start in
        (0, String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self))
      }
      let found = try segments(Pipe(pieces), .init(lineCount: limit))
      #expect(found.map(\.text).joined() == text)
      #expect(found.dropLast().allSatisfy { $0.text.hasSuffix("\n") })
      var lines = 0
      var offset = 0
      for segment in found {
        #expect(segment.linesBefore == lines && segment.bytesBefore == offset)
        offset += segment.text.utf8.count
        lines += segment.text.count { $0 == "\n" }
      }
      if size == 1 { #expect(found.count == 5 / limit + 1) }
    }
  }

  @Test func `what has come is given when the time is up, but for a line without its end`() throws {
    let pipe = Pipe([(0, "a\nb"), (1, "c\n"), (2, "d\n"), (0, "e\n")])
    let found = try segments(pipe, .init(age: .seconds(10)))
    #expect(found.map(\.text) == ["a\n", "bc\n", "d\ne\n"])
    #expect(pipe.longestWait <= .seconds(10))
  }

  @Test func `a line that never ends is cut, and the next one is whole`() throws {
    let long = String(repeating: "x", count: 5 << 20)
    let pipe = Pipe([(0, "a\n"), (0, long), (0, long), (0, long), (0, long), (0, "y\nb\n")])
    let found = try segments(pipe, .init(lineCount: 1))
    #expect(found.map(\.linesBefore) == [0, 1, 2])
    #expect(found[1].text.utf8.count == (16 << 20) + 2)
    #expect(found[2].text == "b\n")
    #expect(found.map(\.bytesBefore) == [0, 2, 2 + 4 * (5 << 20) + 2])
  }

  @Test func `lines behind one that was cut begin a segment, whatever the limits`() throws {
    let long = String(repeating: "x", count: 17 << 20)
    let found = try segments(Pipe([(0, long), (0, "y\nb\nc\n")]), .init())
    #expect(found.map(\.bytesBefore) == [0, (17 << 20) + 2])
    #expect(found[1].text == "b\nc\n" && found[1].linesBefore == 1)
  }
}
