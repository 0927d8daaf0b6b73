package import Core
import Glibc

/// Bytes that come once and cannot be read again: standard input, a pipe with a name, what a shell
/// passes as `<(…)`. Pulled chunk by chunk.
package final class PipeInput: ByteSource {
  /// What messages call it.
  package let name: String
  private let number: Int32
  /// How many bytes were read since the run was asked to end.
  private var drainedCount = 0
  /// Whether the run was asked to end before the pipe had ended: it is not read further.
  package private(set) var isCutOff = false

  /// Whether somebody would have to type what standard input gives.
  package static var isTerminal: Bool { isatty(0) == 1 }

  /// Standard input.
  package init() {
    name = "standard input"
    number = 0
  }

  /// The pipe at `path`; waits until someone writes to one that has a name.
  package init(_ path: String) throws(Fault) {
    name = path
    number =
      Self.inherited(path).map { dup($0) }
      ?? withSystemPath(path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard number >= 0 else {
      throw Fault(
        .io, at: Place(path), "cannot read: \(systemErrorText(errno))",
        remedy: "check what stands there")
    }
  }

  deinit { if number > 0 { close(number) } }

  /// The next bytes, as many as are ready up to a quarter of a MiB; nil at the end.
  package func next() throws(Fault) -> [UInt8]? {
    guard !isCutOff, EndingSignals.waitForBytes(of: number, nil) else { return nil }
    if EndingSignals.isAsked {
      // What is in the pipe already is lost with it; what comes from now on is not waited for.
      guard isReady, drainedCount < PipeInput.drainedByteCount else {
        isCutOff = true
        return nil
      }
    }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: PipeInput.chunkByteCount) { buffer, count in
      while true {
        let got = read(number, buffer.baseAddress!, buffer.count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        count = max(0, got)
        return
      }
    }
    guard failure == 0 else {
      throw Fault(
        .io, at: Place(name), "cannot read: \(systemErrorText(failure))",
        remedy: "check where the input comes from")
    }
    if EndingSignals.isAsked { drainedCount += bytes.count }
    return bytes.isEmpty ? nil : bytes
  }

  /// Waits until bytes (or the end) can be read, at most `patience`; false when none came.
  package func waits(_ patience: Duration) -> Bool {
    let (seconds, attoseconds) = patience.components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    return EndingSignals.waitForBytes(of: number, Int32(clamping: milliseconds))
  }

  /// Whether there are bytes, or the end, to be read now.
  private var isReady: Bool {
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) > 0
  }

  /// The descriptor that a path of this process's own names, as `/dev/fd/63` does: a socket can
  /// only be read so.
  private static func inherited(_ path: String) -> Int32? {
    if path == "/dev/stdin" { return 0 }
    for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    return nil
  }

  private static let chunkByteCount = 1 << 18

  /// No pipe holds more.
  private static let drainedByteCount = 1 << 20
}

extension PipeInput {
  /// The pipe that an operand names: `-` or one at a path; nil for what can be opened as a file, or
  /// is not there.
  package convenience init?(operand: String) throws(Fault) {
    if operand == "-" {
      self.init()
      return
    }
    let kind = try? LocalFileSystem().status(of: operand)?.kind
    switch kind {
    case .pipe, .socket, .device: try self.init(operand)
    // Under such a name something else is read each time.
    case .file where Self.inherited(operand) != nil: try self.init(operand)
    default: return nil
    }
  }

  /// All of what an operand names: `-`, a pipe or a file. Of more than `limit` bytes no more are
  /// read than show it: a pipe may never end.
  package static func bytes(of operand: String, upTo limit: Int = .max) throws(Fault) -> [UInt8] {
    var input = try PipeInput(operand: operand)
    if input == nil, let size = try LocalFileSystem().status(of: operand)?.byteCount, size > limit {
      input = try PipeInput(operand)
    }
    guard let input else { return try LocalFileSystem().read(operand) }
    var bytes: [UInt8] = []
    while bytes.count <= limit, let more = try input.next() { bytes += more }
    return bytes
  }
}

/// Bytes cut into lines.
package struct LineCutter {
  private var rest: [UInt8] = []

  package init() {}

  /// The lines that `bytes` complete, without their newlines.
  package mutating func lines(adding bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(rest + bytes[start..<end])
      rest = []
      start = end + 1
    }
    rest += bytes[start...]
    return lines
  }

  /// What stands after the last newline; empty when the text ended with one.
  package var unfinished: [UInt8] { rest }
}

extension Console {
  /// The whole lines of standard input, for a tool given `-`; a torn last line is passed over with
  /// a warning, since the run that prints it was cut off before its end.
  package func inputLines() throws(Fault) -> [String] {
    let input = PipeInput()
    var cutter = LineCutter()
    var lines: [String] = []
    while let bytes = try input.next() {
      lines += cutter.lines(adding: bytes).map { String(decoding: $0, as: UTF8.self) }
    }
    if !cutter.unfinished.isEmpty {
      warn(
        Fault(
          .data, at: Place("standard input", line: lines.count + 1), "the last line is torn",
          remedy: "run again if the tool ahead failed"))
    }
    return lines.filter { !$0.isEmpty }
  }
}
