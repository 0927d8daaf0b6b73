import Core
import Glibc

/// What happens when a signal asks the process to end: drafts go, then the signal does its work.
///
/// The signals are blocked in all threads and awaited by one, which may therefore take locks. A
/// broken pipe (SIGPIPE) keeps its default: it ends us silently.
enum EndingSignals {
  static func catchThem() {
    // A file that may not grow fails the write, which is told; the signal would end us unsaid.
    signal(SIGXFSZ, SIG_IGN)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    _ = Thread {
      var awaited = sigset_t()
      sigemptyset(&awaited)
      for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&awaited, number) }
      var number: Int32 = 0
      guard sigwait(&awaited, &number) == 0 else { return }
      OpenDrafts.discardAll()
      // Ended by the signal itself, so that a shell sees 128 + number.
      signal(number, SIG_DFL)
      pthread_sigmask(SIG_UNBLOCK, &awaited, nil)
      kill(getpid(), number)
    }
  }
}
