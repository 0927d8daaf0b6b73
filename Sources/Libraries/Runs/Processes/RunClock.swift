package import Core
import Glibc

/// The time of a run, and the wait between its tries: the machine's, or one that is made up, in
/// which a wait is over at once and a week takes no time.
package final class RunClock {
  /// Whether it shows another time than the machine's.
  package let isMadeUp: Bool
  private var time: Timestamp
  /// A descriptor that can be read once we are asked to end.
  private let alarm: Int32

  /// The machine's clock.
  package init(alarm: Int32 = -1) {
    isMadeUp = false
    time = Timestamp(microseconds: 0)
    self.alarm = alarm
  }

  /// A clock that shows `time`, and goes on when something is waited for.
  package init(madeUp time: Timestamp) {
    isMadeUp = true
    self.time = time
    alarm = -1
  }

  package var now: Timestamp {
    if isMadeUp { return time }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(
      // The machine's own clock is no far one.
      microseconds: Int64(now.tv_sec) &* Timestamp.microsecondsPerSecond
        &+ Int64(now.tv_nsec) / 1_000)
  }

  /// Waits so long; false when we are asked to end meanwhile.
  package func wait(_ length: Duration) -> Bool {
    if isMadeUp {
      time = time.adding(microseconds: Int64(length / .microseconds(1))) ?? time
      return true
    }
    let end = ContinuousClock.now + length
    while true {
      let left = (end - .now) / .milliseconds(1)
      if left <= 0 { return true }
      var request = pollfd(fd: alarm, events: Int16(POLLIN), revents: 0)
      if poll(&request, 1, Int32(min(left.rounded(.up), 60_000))) > 0 { return false }
    }
  }
}
