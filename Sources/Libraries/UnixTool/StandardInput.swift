package import Core
import Glibc

/// Standard input, or a pipe by its name, pulled chunk by chunk.
package final class StandardInput: ByteSource {
  private let number: Int32

  package init() { number = 0 }

  /// The pipe, or whatever else can only be read once, at `path`, which is there.
  package init(pipe path: String) throws(Fault) {
    number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else {
      throw Fault(
        .io, at: Place(path), "cannot read: \(systemErrorText(errno))",
        remedy: "give this user the right to it")
    }
  }

  deinit { if number != 0 { close(number) } }

  /// Whether somebody would have to type it.
  package static var isTerminal: Bool { isatty(0) == 1 }

  /// The next bytes, as many as are ready up to a quarter of a MiB; nil at the end.
  package func next() throws(Fault) -> [UInt8]? {
    var failure: Int32 = 0
    let capacity = StandardInput.chunkByteCount
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
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
        .io, at: Place("standard input"), "cannot read: \(systemErrorText(failure))",
        remedy: "check where the input comes from")
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Waits until bytes (or the end) can be read, at most `patience`; false when none came.
  package func waits(_ patience: Duration) -> Bool {
    let (seconds, attoseconds) = patience.components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, Int32(clamping: milliseconds)) != 0
  }

  private static let chunkByteCount = 1 << 18
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
    let input = StandardInput()
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
