package import Core

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
  package var threadCount: Int
  /// Where spilled data goes; removed at the end.
  package var spillDirectory: String

  package init(
    clock: Clock, memoryLimit: Int = 512 << 20, threadCount: Int = 1,
    spillDirectory: String = "/tmp"
  ) {
    self.clock = clock
    self.memoryLimit = memoryLimit
    self.threadCount = threadCount
    self.spillDirectory = spillDirectory
  }
}
