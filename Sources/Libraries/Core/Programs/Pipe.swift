import Glibc

/// A pipe of this process; what is left open of it is closed with the last reference.
package final class Pipe {
  package let reading: Int32
  package let writing: Int32
  private var isWritingOpen = true

  package init() throws(Fault) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Fault(
        .temporary, "there is no pipe to be had: \(systemErrorText(errno))",
        remedy: "close some files, or raise 'ulimit -n'")
    }
    // Nothing else is started meanwhile that could inherit them.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reading = ends[0]
    writing = ends[1]
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
