import Core
import Glibc

/// The wait for a guarded command: for its talk, its guard's report, its time to be over, and for
/// us to be asked to end.
struct CommandWatch {
  let keeper: pid_t
  let alarm: Int32
  let talk: Int32
  let report: Int32
  let timeout: Duration?
  let grace: Duration

  private(set) var isLate = false
  private(set) var isAsked = false
  /// What the guard has said.
  private(set) var reported: [UInt8] = []
  private let start = ContinuousClock.now
  /// When the guard was asked to end all.
  private var asked: ContinuousClock.Instant?

  init(
    keeper: pid_t, alarm: Int32, talk: Int32, report: Int32, timeout: Duration?, grace: Duration
  ) {
    self.keeper = keeper
    self.alarm = alarm
    self.talk = talk
    self.report = report
    self.timeout = timeout
    self.grace = grace
  }

  /// A guard that is asked has this long, beyond the grace of its command, to be done.
  private static let patience = Duration.seconds(15)

  /// Waits until the guard is gone; what the command says goes to `hear`.
  mutating func wait(_ hear: ([UInt8]) -> Void) {
    var isTalkOpen = true
    while true {
      var requests = [
        pollfd(fd: report, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isTalkOpen ? talk : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: asked == nil ? alarm : -1, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&requests, 3, pauseMilliseconds)
      guard count >= 0 || errno == EINTR else { return }
      if count > 0 {
        if requests[1].revents != 0 { isTalkOpen = Self.pass(talk, to: hear) }
        if requests[2].revents != 0 {
          isAsked = true
          endAll()
        }
        if requests[0].revents != 0, !Self.pass(report, to: { reported += $0 }) { return }
      }
      seeToTime()
    }
  }

  /// What is left of the talk when all who could say more are gone.
  func drain(_ hear: ([UInt8]) -> Void) {
    var request = pollfd(fd: talk, events: Int16(POLLIN), revents: 0)
    while poll(&request, 1, 0) > 0, Self.pass(talk, to: hear) {}
  }

  private mutating func seeToTime() {
    let now = ContinuousClock.now
    if let timeout, !isLate, asked == nil, now - start >= timeout {
      isLate = true
      endAll()
    }
    if let asked, now - asked >= grace + Self.patience { kill(keeper, SIGKILL) }
  }

  private mutating func endAll() {
    asked = .now
    kill(keeper, SIGTERM)
  }

  private var pauseMilliseconds: Int32 {
    guard let end = asked.map({ $0 + grace + Self.patience }) ?? timeout.map({ start + $0 }) else {
      return -1
    }
    let left = (end - .now) / .milliseconds(1)
    return Int32(min(max(left, 0).rounded(.up), 60_000))
  }

  /// Gives what can be read at once to `hear`; false at the end.
  private static func pass(_ file: Int32, to hear: ([UInt8]) -> Void) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(file, &bytes, bytes.count)
    if count < 0 { return errno == EINTR || errno == EAGAIN }
    if count > 0 { hear(Array(bytes[..<count])) }
    return count > 0
  }
}
