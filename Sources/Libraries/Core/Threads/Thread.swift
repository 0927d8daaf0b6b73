import Glibc

/// A thread of the operating system that runs one closure; `join` waits for its end.
package final class Thread {
  private let number: pthread_t

  /// Nil when the system gives no other thread, for there are too many or memory is short: the
  /// caller then does the work itself.
  package init?(_ body: @escaping @Sendable () -> Void) {
    var number = pthread_t()
    let work = Unmanaged.passRetained(ThreadBody(body))
    let status = pthread_create(
      &number, nil,
      { argument in
        let body = Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue()
        body.run()
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      work.release()
      return nil
    }
    self.number = number
  }

  /// Returns when the closure has; called once.
  package func join() {
    pthread_join(number, nil)
  }

  /// How many threads this machine runs at once.
  package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
