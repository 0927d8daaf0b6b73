import Glibc

/// Work that some threads do on items handed over one by one; what became of them comes back in
/// the order of the items. For one caller, who keeps the number of items under way in bounds.
///
/// Threads begin with the work there is. Where the system gives none, each item is done when what
/// became of it is asked for. Dropping the object waits for bodies under way; items not
/// begun are dropped.
package final class OrderedWork<Item: Sendable, Output: Sendable> {
  private let queue: WorkQueue<Item, Output>
  private let threadCount: Int
  private let body: @Sendable (Item) throws -> Output
  private var threads: [Thread] = []

  /// How many items were handed over and not yet taken back.
  package private(set) var pendingCount = 0

  /// `body` is called by up to `threads` threads at once, or by the caller's alone if that is 0.
  package init(threads: Int, _ body: @escaping @Sendable (Item) throws -> Output) {
    queue = WorkQueue()
    threadCount = max(0, threads)
    self.body = body
  }

  deinit {
    queue.close()
    for thread in threads { thread.join() }
  }

  /// Hands over an item; never waits.
  package func add(_ item: Item) {
    queue.add(item)
    pendingCount += 1
    if threads.count < min(threadCount, pendingCount),
      let thread = Thread({ [queue, body] in queue.run(body) })
    {
      threads.append(thread)
    }
  }

  /// Waits for what became of the oldest item; nil when none is under way.
  package func next() throws -> Output? {
    guard pendingCount > 0 else { return nil }
    pendingCount -= 1
    if threads.isEmpty { queue.runOldest(body) }
    return try queue.take().get()
  }
}

/// The items and outputs of ordered work. Every access to its state is under `mutex`.
private final class WorkQueue<Item: Sendable, Output: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [(number: Int, item: Item)] = []
  private var done: [Int: Result<Output, any Error>] = [:]
  private var addedCount = 0
  private var takenCount = 0
  private var isClosed = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func add(_ item: Item) {
    withLock {
      waiting.append((addedCount, item))
      addedCount += 1
    }
  }

  /// Waits for the oldest item that was not taken back.
  func take() -> Result<Output, any Error> {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = done.removeValue(forKey: takenCount) {
        takenCount += 1
        return result
      }
      pthread_cond_wait(changed, mutex)
    }
  }

  /// Works on items until the queue is closed.
  func run(_ body: (Item) throws -> Output) {
    while let (number, item) = begin() { finish(number, Result { try body(item) }) }
  }

  /// Works on the oldest item that was not begun, for want of threads.
  func runOldest(_ body: (Item) throws -> Output) {
    if let (number, item) = begin() { finish(number, Result { try body(item) }) }
  }

  private func finish(_ number: Int, _ result: Result<Output, any Error>) {
    withLock { done[number] = result }
  }

  func close() {
    withLock {
      isClosed = true
      waiting = []
    }
  }

  private func begin() -> (number: Int, item: Item)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while waiting.isEmpty, !isClosed { pthread_cond_wait(changed, mutex) }
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }

  private func withLock(_ body: () -> Void) {
    pthread_mutex_lock(mutex)
    body()
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
