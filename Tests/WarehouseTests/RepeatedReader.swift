import Columnar
import Core
import Database
import Synchronization

/// Asks one question again and again on a thread of its own, until it is told to end.
final class RepeatedReader: Sendable {
  private let isEnough = Atomic<Bool>(false)
  private let answers = Mutex<[[Scalar]]>([])
  private let failures = Mutex<[String]>([])
  private let thread = Mutex<Thread?>(nil)

  /// A session that this thread alone uses.
  private struct Session: @unchecked Sendable { let database: any LoadingConnection }

  init(_ database: any LoadingConnection, asking question: String) {
    let session = Session(database: database)
    let thread = Thread { [self] in
      while !isEnough.load(ordering: .relaxed) {
        do {
          let rows = try session.database.rows(question)
          answers.withLock { $0 += rows }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    self.thread.withLock { $0 = thread }
  }

  /// Ends it; the rows that it was given, and what went wrong.
  func end() -> (rows: [[Scalar]], failures: [String]) {
    isEnough.store(true, ordering: .relaxed)
    thread.withLock { $0?.join() }
    return (answers.withLock { $0 }, failures.withLock { $0 })
  }
}
