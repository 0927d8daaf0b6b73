import Synchronization

/// Who is told that this process waits for a lock that another holds: the tool says so, whatever
/// library asked for the lock.
package enum LockWaits {
  /// A lock is waited for so long before it is told.
  static let patience = Duration.seconds(1)

  private static let teller = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// Has each wait told to `tell`, in words, once.
  package static func telling(_ tell: @escaping @Sendable (String) -> Void) {
    teller.withLock { $0 = tell }
  }

  static func tell(_ words: String) {
    teller.withLock { $0 }?(words)
  }
}
