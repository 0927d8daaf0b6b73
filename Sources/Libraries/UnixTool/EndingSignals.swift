import Core
import Glibc
import Synchronization

/// What happens when a signal asks the process to end: drafts go, then the signal does its work.
/// While `deferring` does, the process is only asked, and ends when the work in hand is done.
///
/// The signals are blocked in all threads and awaited by one, which may therefore take locks. A
/// broken pipe (SIGPIPE) keeps its default: it ends us silently.
enum EndingSignals {
  private struct State {
    var isDeferring = false
    /// The first signal that asked.
    var asked: Int32?
  }

  private static let state = Mutex(State())
  /// Bytes come out of it once a signal has asked: what waits for others too is woken.
  private static let alarm = Alarm()

  static func catchThem() {
    // A file that may not grow fails the write, which is told; the signal would end us unsaid.
    signal(SIGXFSZ, SIG_IGN)
    var signals = awaited
    sigaddset(&signals, SIGUSR1)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let thread = Thread {
      var signals = awaited
      sigaddset(&signals, SIGUSR1)
      while true {
        var number: Int32 = 0
        guard sigwait(&signals, &number) == 0 else { return }
        if number == SIGUSR1 {
          LatestProgress.tell()
          continue
        }
        // Who asks twice does not want to wait.
        let isPatient = state.withLock { state in
          defer { state.asked = state.asked ?? number }
          return state.isDeferring && state.asked == nil
        }
        if isPatient { alarm.ring() } else { end(number) }
      }
    }
    // Without a thread for them signals end the process at once, and leave drafts behind, which
    // the next run clears away.
    if thread == nil { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  /// Does `work`, in which a signal only asks to end: it is to see to that itself, by `isAsked`.
  static func deferring(_ work: () throws -> Void) rethrows {
    state.withLock { $0.isDeferring = true }
    defer { state.withLock { $0.isDeferring = false } }
    try work()
  }

  /// Can be read once a signal has asked.
  static var alarmDescriptor: Int32 { alarm.reading }

  /// Whether a signal has asked the process to end.
  static var isAsked: Bool { state.withLock { $0.asked != nil } }

  /// Ends the process by the signal that has asked for it, if one has.
  static func endIfAsked() {
    if let number = state.withLock({ $0.asked }) { end(number) }
  }

  /// Waits until `descriptor` can be read, a signal has asked to end, or so many milliseconds are
  /// over; whether one of the first two came.
  static func waitForBytes(of descriptor: Int32, _ milliseconds: Int32?) -> Bool {
    var requests = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: alarm.reading, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let count = poll(&requests, 2, milliseconds ?? -1)
      if count >= 0 { return count > 0 }
      // What cannot be waited for is read, which tells why not.
      guard errno == EINTR else { return true }
    }
  }

  /// Ended by the signal itself, so that a shell sees 128 + number.
  private static func end(_ number: Int32) {
    OpenDrafts.discardAll()
    var signals = awaited
    signal(number, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    // To this thread: the one that awaits signals must not take it.
    raise(number)
  }

  private static var awaited: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
    return signals
  }
}

/// A pipe to oneself.
private struct Alarm {
  let reading: Int32
  private let writing: Int32

  init() {
    let ends = privatePipe() ?? (-1, -1)
    reading = ends.reading
    writing = ends.writing
  }

  func ring() {
    var byte: UInt8 = 0
    _ = write(writing, &byte, 1)
  }
}
