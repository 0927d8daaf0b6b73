import CProcess
import Glibc

/// A pipe of this process; what is left open of it is closed with the last reference.
package final class Pipe {
  package let reading: Int32
  package let writing: Int32
  private var isWritingOpen = true

  package init() throws(Fault) {
    guard let ends = privatePipe() else {
      throw Fault(
        .temporary, "there is no pipe to be had: \(systemErrorText(errno))",
        remedy: "close some files, or raise 'ulimit -n'")
    }
    reading = ends.reading
    writing = ends.writing
  }

  deinit {
    close(reading)
    closeWriting()
  }

  /// Ends what is read at the other end.
  package func closeWriting() {
    if isWritingOpen { close(writing) }
    isWritingOpen = false
  }
}

/// A pipe that no program inherits, whichever thread starts it; nil, with `errno`, when there is
/// none to be had.
package func privatePipe() -> (reading: Int32, writing: Int32)? {
  var ends: [Int32] = [-1, -1]
  return medallion_pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
}
