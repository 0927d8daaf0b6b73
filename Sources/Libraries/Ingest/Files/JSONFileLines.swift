import Bronze
import Compression
import Core
import JSON
import TextFormats

/// The lines of a file of JSON lines, but blank ones, each looked at; by several threads, in the
/// order of the file.
final class JSONFileLines {
  /// A line and what is in it.
  struct Line: Sendable {
    var text: ArraySlice<UInt8>
    /// From 1.
    var number: Int64
    /// How many bytes of the file come before it.
    var offset: Int64
    var object: JSONObject?
    var flaw: RejectReason?
    var drift: [SchemaDrift.Difference] = []

    /// Why it is set aside, by what `mode` says of fields that are not declared; else nil.
    func reason(_ mode: FileRules.Drift) -> RejectReason? {
      flaw ?? (mode == .quarantine && !drift.isEmpty ? .drift(drift.map(\.words)) : nil)
    }
  }

  private struct Block: Sendable {
    let bytes: [UInt8]
    let offset: Int
    /// Whether it is the beginning of one line that is longer than allowed.
    let isOverlong: Bool
  }

  private struct Looked: Sendable {
    var lines: [Line] = []
    /// Blank ones too.
    var lineCount: Int64 = 0
  }

  private let blocks: LineBlocks
  private let block = ByteBlock(capacity: RawFileWriter.frameByteCount)
  private let work: OrderedWork<Block, Looked>
  private let threadCount: Int
  private var passedCount: Int64 = 0

  init(_ source: any ByteSource, _ check: ShapeCheck, threads: Int, at place: Place) {
    let blocks = LineBlocks(
      DecompressingReader(source, at: place), blockByteCount: RawFileWriter.frameByteCount)
    self.blocks = blocks
    threadCount = threads
    let limit = blocks.maximumLineLength
    work = OrderedWork(threads: threads) { try Self.look(at: $0, check, lineLimit: limit) }
  }

  /// The next lines; nil at the end.
  func next() throws -> [Line]? {
    while work.pendingCount <= threadCount, let block = try nextBlock() { work.add(block) }
    guard var looked = try work.next() else { return nil }
    for index in looked.lines.indices { looked.lines[index].number += passedCount }
    passedCount += looked.lineCount
    return looked.lines
  }

  private func nextBlock() throws(Fault) -> Block? {
    switch try blocks.fill(block) {
    case .end: nil
    case .overlongLine:
      Block(bytes: Array(block.bytes), offset: blocks.offset, isOverlong: true)
    case .lines: Block(bytes: Array(block.bytes), offset: blocks.offset, isOverlong: false)
    }
  }

  private static func look(
    at block: Block, _ check: ShapeCheck, lineLimit: Int
  ) throws -> Looked {
    let bytes = block.bytes
    if block.isOverlong {
      let line = Line(
        text: bytes[...], number: 1, offset: Int64(block.offset), flaw: .tooLong(lineLimit))
      return Looked(lines: [line], lineCount: 1)
    }
    let values = try check.values(of: bytes)
    let reader = JSONReader()
    var looked = Looked()
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      looked.lineCount += 1
      var line = Line(
        text: bytes[start..<end], number: looked.lineCount, offset: Int64(block.offset + start))
      start = end + 1
      if line.text.allSatisfy(isBlank) { continue }
      if case .object(let object)? = try? reader.read(line.text) {
        line.object = object
        (line.drift, line.flaw) = check.differences(of: object, values[line.number])
      } else {
        // One without a line break may be torn.
        line.flaw = end == bytes.count ? .torn : RejectReason(.noObject, in: line.text)
      }
      looked.lines.append(line)
    }
    return looked
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }
}
