import Columnar
import Core

/// The rows of a guarded table. What goes wrong below it may tell a value that is not to be seen,
/// or a file called by one, and is told in other words.
final class GuardedSource: BatchSource {
  private let source: any BatchSource
  private let table: String

  init(_ source: any BatchSource, of table: String) {
    self.source = source
    self.table = table
  }

  var schema: Schema { source.schema }

  func next() throws -> Batch? { try Self.guarding(table) { try source.next() } }

  /// Does `body`, which reads `table`; a fault of it keeps its kind, and nothing else.
  static func guarding<Result>(_ table: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let fault as Fault {
      throw Fault(
        fault.kind, "'\(table)' cannot be read as far as this role may see it",
        remedy: "have it read without a role, by somebody who may: that tells why")
    }
  }
}
