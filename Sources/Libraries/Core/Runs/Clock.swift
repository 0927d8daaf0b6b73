/// The time as a run sees it: fixed once at its start (`--now`), so that a run can be repeated.
package struct Clock: Sendable {
  package let now: Timestamp

  package init(now: Timestamp) { self.now = now }
}
