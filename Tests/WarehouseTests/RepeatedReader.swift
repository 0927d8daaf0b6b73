import Columnar
import Core
import Database
import Synchronization

/// Asks one question again and again on a thread of its own, until it is told to end.
///
/// What the thread writes is read when it has ended.
final class RepeatedReader: @unchecked Sendable {
  private let isEnough = Atomic<Bool>(false)
  private let database: any LoadingConnection
  private var answers: [[Scalar]] = []
  private var failures: [String] = []
  private var thread: Thread?

  init(_ database: any LoadingConnection, asking question: String) {
    self.database = database
    thread = Thread { [self] in
      while !isEnough.load(ordering: .relaxed) { ask(question) }
    }
  }

  private func ask(_ question: String) {
    do {
      answers += try database.rows(question)
    } catch {
      failures.append("\(error)")
    }
  }

  /// Ends it; the rows that it was given, and what went wrong.
  func end() -> (rows: [[Scalar]], failures: [String]) {
    isEnough.store(true, ordering: .relaxed)
    thread?.join()
    return (answers, failures)
  }
}
