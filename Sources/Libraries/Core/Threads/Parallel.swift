import Synchronization

/// `body` of each item, in the order of the items, computed by up to `threads` threads (this one
/// counts). When bodies fail, no further item is begun, all threads are waited for, and the failure
/// of the first item in order that failed is thrown.
package func parallelMap<Item: Sendable, Output: Sendable>(
  _ items: [Item], threads: Int, _ body: @escaping @Sendable (Item) throws -> Output
) throws -> [Output] {
  let helperCount = min(threads, items.count) - 1
  guard helperCount > 0 else { return try items.map(body) }
  let work = SharedWork(items, body)
  var helpers: [Thread] = []
  for _ in 0..<helperCount {
    guard let helper = Thread({ work.run() }) else { break }
    helpers.append(helper)
  }
  work.run()
  for helper in helpers { helper.join() }
  return try work.results()
}

/// `body` of each item, done by up to `threads` threads, as by `parallelMap`.
package func parallelForEach<Item: Sendable>(
  _ items: [Item], threads: Int, _ body: @escaping @Sendable (Item) throws -> Void
) throws {
  _ = try parallelMap(items, threads: threads) { item in try body(item) }
}

/// Items that threads take in order, and what became of them.
private final class SharedWork<Item: Sendable, Output: Sendable>: Sendable {
  private struct State: Sendable {
    var next = 0
    var outputs: [Output?]
    var failure: (index: Int, error: any Error)?
  }

  private let items: [Item]
  private let body: @Sendable (Item) throws -> Output
  private let state: Mutex<State>

  init(_ items: [Item], _ body: @escaping @Sendable (Item) throws -> Output) {
    self.items = items
    self.body = body
    state = Mutex(State(outputs: Array(repeating: nil, count: items.count)))
  }

  func run() {
    while let index = take() {
      do {
        let output = try body(items[index])
        state.withLock { $0.outputs[index] = output }
      } catch {
        state.withLock { state in
          // Items are begun in order, so the least index is the same whoever was faster.
          if state.failure.map({ index < $0.index }) ?? true { state.failure = (index, error) }
        }
      }
    }
  }

  func results() throws -> [Output] {
    let state = state.withLock { $0 }
    if let failure = state.failure { throw failure.error }
    return state.outputs.compactMap { $0 }
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.failure == nil, state.next < items.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }
}
