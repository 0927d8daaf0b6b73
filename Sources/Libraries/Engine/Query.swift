package import Core

// Engine: Spark SQL from text to batches.
//
// A query passes Parser (text to syntax), Binder (names and types: LogicalPlan), Optimizer
// (equal plans that cost less) and Execution (batches). `Functions` holds what an expression can
// call. The world is a `Catalog`.

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
