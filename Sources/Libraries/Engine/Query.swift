package import Core
import Synchronization

// Engine: Spark SQL from text to batches.
//
// The way of a query is Parser (text to syntax), Planner (names and types: a LogicalPlan),
// Optimizer (equal plans that cost less), Execution (batches). The rooms, each of which uses only
// those before it:
//
//     the files here  the world a query runs in: `Catalog` and `QueryContext`
//     Parser          text to syntax; it knows no table and no function
//     Expressions     typed expressions, and the functions bound in them
//     Functions       what an expression can call, by name: `FunctionCatalog`
//     Plans           `LogicalPlan`: its steps, its text, and what can be told from it
//     Planner         `Binder`: syntax to plans
//     Optimizer       rewrites of plans, a file for each; `Explanation` shows the outcome
//     Execution       `Executor`: plans to batches

/// What a query may use of the machine and know of the time.
package struct QueryContext: Sendable {
  package var clock: Clock
  /// Bytes that sort, aggregate and join may hold before they spill.
  package var memoryLimit: Int
  /// What all steps of all queries of this context hold together.
  let memory: MemoryAccount
  /// What they may put on disk together.
  package let spillBudget: ScratchBudget
  /// Bytes of what must be in memory together; a run with little memory may hold some, too.
  var mostTogether: Int { max(memoryLimit, 16 << 20) }
  /// Bytes of rows, times the shares they are dealt in, that may become one batch: a column has no
  /// room for 2 GiB of text, however much memory there is.
  var joinedLimit: Int { min(memoryLimit, 3 << 30) }
  package var threadCount: Int
  /// Where spilled data goes; removed at the end.
  package var spillDirectory: String

  package init(
    clock: Clock, memoryLimit: Int = 512 << 20, threadCount: Int = 1,
    spillDirectory: String = "/tmp", spillLimit: Int = .max
  ) {
    self.clock = clock
    memory = MemoryAccount(limit: memoryLimit)
    spillBudget = ScratchBudget(limit: spillLimit)
    self.memoryLimit = memoryLimit
    self.threadCount = threadCount
    self.spillDirectory = spillDirectory
  }
}

/// The memory that steps of queries hold at the same time. Each has a limit of its own; when all
/// together have more than what the run may take, whoever asks for more spills first.
final class MemoryAccount: Sendable {
  private let limit: Int
  private let held = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  /// Whether more is held than the run may take.
  var isFull: Bool { held.load(ordering: .relaxed) > limit }

  /// Refuses what would be held beyond all that the run may take, and cannot be put on disk.
  static func exceeded(
    _ what: String, _ count: Int, _ limit: Int, at place: Place?
  ) -> Fault {
    Fault(
      .data, at: place, "\(what) \(count) bytes, and the run may take \(limit)",
      remedy: "give it more with --memory, or fewer rows to the query")
  }

  fileprivate func add(_ count: Int) { held.add(count, ordering: .relaxed) }
}

/// What one step holds; given back when nobody has it any more. Used by one thread at a time.
final class MemoryHold: @unchecked Sendable {
  /// A step that holds less than this goes on whatever others hold.
  private static let least = 1 << 20

  private let account: MemoryAccount
  private var byteCount = 0

  init(_ account: MemoryAccount) { self.account = account }

  deinit { account.add(-byteCount) }

  /// Notes that the step holds `count` bytes now; tells whether it should spill them.
  func isTooMuch(_ count: Int) -> Bool {
    account.add(count - byteCount)
    byteCount = count
    return count > Self.least && account.isFull
  }

  /// Notes that the step holds nothing any more.
  func release() { _ = isTooMuch(0) }
}
