import Core
import Glibc
import Synchronization

/// How far the work is, for who asks a process by SIGUSR1, wherever its talk goes.
enum LatestProgress {
  private struct State {
    var words = "at work"
    let start = ContinuousClock.now
  }

  private static let state = Mutex(State())

  /// Takes note of the latest words.
  static func set(_ words: String) { state.withLock { $0.words = words } }

  /// Says them on standard error.
  static func tell() {
    let (words, start) = state.withLock { ($0.words, $0.start) }
    let line =
      shown("\(words), \((ContinuousClock.now - start).components.seconds) s so far") + "\n"
    let bytes = TalkPipe.marked(Array(line.utf8), .note)
    _ = write(2, bytes, bytes.count)
  }
}
