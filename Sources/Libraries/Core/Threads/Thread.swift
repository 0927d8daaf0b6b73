import Glibc

/// A thread of the operating system that runs one closure; `join` waits for its end.
package final class Thread {
  private let number: pthread_t

  /// Nil when the system gives no other thread, for there are too many or memory is short: the
  /// caller then does the work itself.
  package init?(_ body: @escaping @Sendable () -> Void) {
    guard let number = Thread.begin(stack: Thread.stackByteCount, body) else { return nil }
    self.number = number
  }

  /// Does `body` on a thread whose stack has room for the deepest text that a parser lets through,
  /// and waits for it; where the system gives no such thread, it is done on this one.
  package static func withDeepStack(_ body: () -> Void) {
    withoutActuallyEscaping(body) { body in
      let work = Disconnected(body)
      if let number = begin(stack: deepStackByteCount, { work.value() }) {
        pthread_join(number, nil)
      } else {
        work.value()
      }
    }
  }

  /// Returns when the closure has; called once.
  package func join() {
    pthread_join(number, nil)
  }

  /// How many threads this machine runs at once, as the system told when it was first asked.
  package static let processorCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// Room for expressions as deep as they may be. A page of it costs nothing before it is used, but
  /// all of it counts where the address space is limited.
  private static let stackByteCount = 16 << 20

  /// Room for all that reads, rewrites and frees the plan of a query.
  private static let deepStackByteCount = 512 << 20

  /// A new thread; nil when the system gives none. One that gets no such stack has the system's.
  private static func begin(
    stack byteCount: Int, _ body: @escaping @Sendable () -> Void
  ) -> pthread_t? {
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    pthread_attr_setstacksize(attributes, byteCount)
    let work = Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    func create(_ attributes: UnsafePointer<pthread_attr_t>?) -> pthread_t? {
      var number = pthread_t()
      let status = pthread_create(
        &number, attributes,
        { argument in
          let body = Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue()
          body.run()
          return nil
        }, work)
      return status == 0 ? number : nil
    }
    if let number = create(attributes) ?? create(nil) { return number }
    Unmanaged<ThreadBody>.fromOpaque(work).release()
    return nil
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
