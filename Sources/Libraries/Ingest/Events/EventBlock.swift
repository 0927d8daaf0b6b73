import Bronze
import Compression
import Core
import TextFormats

/// Some lines of an input, and what they are sorted and compressed with: one thread has it at a
/// time.
final class EventBlock: @unchecked Sendable {
  let lines: ByteBlock
  /// How many bytes of the input came before the lines.
  var offset = 0
  /// Whether the last line has no line break: it may be torn.
  var isTorn = false
  private(set) var outcome = JSONLineCheck.Outcome()
  /// The numbers of the lines that are events, if they bear any.
  private(set) var numbers = NumberedEvents()
  /// A frame of the lines that are events; empty when none is.
  private(set) var frame: [UInt8] = []
  private let check: JSONLineCheck
  private let watch: JSONLineCheck.Watch
  private let isNumbered: Bool
  /// Looks at values too; nil where lines are good when their shapes are.
  private let shape: ShapeCheck?
  private let compressor: FrameCompressor

  init(
    _ fields: JSONLineCheck.Fields, _ shape: ShapeCheck, noting watch: JSONLineCheck.Watch
  ) throws(Fault) {
    self.shape = shape.holdsTypedValues ? shape : nil
    self.watch = watch
    isNumbered = fields.number != nil
    lines = ByteBlock(capacity: RawFileWriter.frameByteCount + 1)
    check = try JSONLineCheck(fields)
    compressor = try FrameCompressor()
  }

  /// Who sent the lines that are noted.
  var senders: [[String?]] { check.senders }

  /// Keeps the lines that are events, and compresses them.
  func classify() throws {
    let misfits = try shape?.misfits(in: Array(lines.bytes)) ?? []
    outcome = try check.classify(lines, noting: watch, misfits: misfits)
    if isNumbered { numbers = NumberedEvents(outcome.noted) }
    frame = outcome.keptCount == 0 ? [] : try compressor.compress(lines.bytes)
  }
}
