package import Core
import Glibc

/// Standard output: buffered, and every failed write is an error.
package final class StandardOutput {
  /// Whether a person reads it.
  package let isTerminal = isatty(1) == 1

  private var pending: [UInt8] = []
  private var isBroken = false

  package init() {}

  /// Adds text to the product.
  package func write(_ text: String) throws(Fault) {
    try write([UInt8](text.utf8))
  }

  /// Adds bytes to the product, whole lines at a time where they are data. They go on as they are,
  /// but to a terminal, which is shown what it would obey.
  package func write(_ bytes: [UInt8]) throws(Fault) {
    pending += isTerminal ? Array(shownLines(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
    if pending.count >= StandardOutput.bufferByteCount { try flush() }
  }

  /// Hands everything written so far to the system.
  package func flush() throws(Fault) {
    if pending.isEmpty || isBroken { return }
    let failure = writeAll(pending, to: 1)
    pending.removeAll(keepingCapacity: true)
    if let failure {
      isBroken = true
      throw Fault(
        .io, at: Place("standard output"), "cannot write: \(systemErrorText(failure))",
        remedy: "check where the output goes")
    }
  }

  private static let bufferByteCount = 1 << 16
}
