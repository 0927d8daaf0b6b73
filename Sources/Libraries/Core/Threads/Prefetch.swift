import Glibc

/// Elements made ahead of their use on a thread of their own, at most `capacity` waiting.
///
/// The producer is called by that thread alone, one call after another, until it gives nil or
/// throws. `next` is called by one thread at a time. Dropping the object waits for a call under
/// way.
package final class Prefetch<Element: Sendable> {
  private let queue: BoundedQueue<Element>
  private let producer: Producer<Element>
  /// nil for want of a thread: then elements are made as they are asked for.
  private let thread: Thread?
  /// Whether there is no further element to be made here.
  private var isAtEnd = false

  package init(capacity: Int, _ produce: sending @escaping () throws -> Element?) {
    let queue = BoundedQueue<Element>(capacity: max(1, capacity))
    let producer = Producer(produce)
    self.queue = queue
    self.producer = producer
    thread = Thread {
      do {
        while let element = try producer.produce() {
          guard queue.put(.success(element)) else { return }
        }
      } catch {
        guard queue.put(.failure(error)) else { return }
      }
      _ = queue.put(nil)
    }
  }

  deinit {
    queue.close()
    thread?.join()
  }

  /// The next element, nil at the end; throws what the producer threw, and is at the end then.
  package func next() throws -> Element? {
    if thread != nil { return try queue.take()?.get() }
    if isAtEnd { return nil }
    isAtEnd = true
    let element = try producer.produce()
    isAtEnd = element == nil
    return element
  }
}

/// The producer's closure on its way to the thread that alone calls it.
private final class Producer<Element>: @unchecked Sendable {
  let produce: () throws -> Element?

  init(_ produce: @escaping () throws -> Element?) { self.produce = produce }
}

/// A queue between two threads. Every access to its state is under `mutex`.
private final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  private let capacity: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [Result<Element, any Error>?] = []
  private var isClosed = false
  private var isAtEnd = false

  init(capacity: Int) {
    self.capacity = capacity
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Adds `element` (nil is the end), waiting for room; false when nobody reads any more.
  func put(_ element: Result<Element, any Error>?) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while waiting.count >= capacity && !isClosed { pthread_cond_wait(changed, mutex) }
    if isClosed { return false }
    waiting.append(element)
    pthread_cond_broadcast(changed)
    return true
  }

  /// Takes the oldest element, waiting for one; nil at the end.
  func take() -> Result<Element, any Error>? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if isAtEnd { return nil }
    while waiting.isEmpty { pthread_cond_wait(changed, mutex) }
    let element = waiting.removeFirst()
    isAtEnd = element == nil
    pthread_cond_broadcast(changed)
    return element
  }

  /// Ends the writer's waiting.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    waiting = []
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
