/// One way to find the changes of a system's tables.
protocol SourceReader {
  /// Takes what changed in `tables` into bronze, and tells of each table as soon as its commit is
  /// durable. What keeps a table, or all of them, from being taken is given to `fail`, and the
  /// others are taken; what `tell` throws ends it.
  func take(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws

  /// Tells what `take` would find, without taking it.
  func look(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws
}
