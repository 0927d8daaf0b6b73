import Compression
import Core
import TextFormats

/// Some lines of an input, and what they are sorted and compressed with: one thread has it at a
/// time.
final class EventBlock: @unchecked Sendable {
  /// About how many bytes of lines a block holds.
  static let byteCount = 1 << 20

  let lines: ByteBlock
  /// How many bytes of the input came before the lines.
  var offset = 0
  /// Whether the last line has no line break: it may be torn.
  var isTorn = false
  private(set) var outcome = JSONLineCheck.Outcome()
  /// A frame of the lines that are events; empty when none is.
  private(set) var frame: [UInt8] = []
  private let check: JSONLineCheck
  private let compressor: FrameCompressor

  init(requiredFields: [String]) throws(Fault) {
    lines = ByteBlock(capacity: EventBlock.byteCount + 1)
    check = try JSONLineCheck(
      JSONLineCheck.Fields(
        required: requiredFields,
        time: requiredFields.contains(EventIngest.timeField) ? EventIngest.timeField : nil))
    compressor = try FrameCompressor()
  }

  /// Keeps the lines that are events, and compresses them.
  func sort() throws(Fault) {
    outcome = try check.sort(lines)
    frame = outcome.keptCount == 0 ? [] : try compressor.compress(lines.bytes)
  }
}
