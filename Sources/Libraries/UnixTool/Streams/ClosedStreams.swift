import Glibc

/// What a program is called with when its caller has closed standard input, output or error.
enum ClosedStreams {
  /// Puts something into each place that is empty, before a file of ours comes to stand there: the
  /// product would be written into that file, or read from it. What is written or read is a failure
  /// then, as if the place were still empty; talk is lost.
  static func fill() {
    for (number, access) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_RDWR)] {
      if fcntl(number, F_GETFD) < 0 { _ = open("/dev/null", access) }
    }
  }
}
