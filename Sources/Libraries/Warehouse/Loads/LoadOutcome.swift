package import Columnar

/// Which rows of a fact a delivery speaks for: those in the scope that it lacks are gone.
package enum LoadScope: Hashable, Sendable {
  case all
  /// The rows whose `column`, a column of the SELECT, has one of `values`. The column must be
  /// stored or be all that a lookup of a dimension without history needs.
  case partitions(column: String, values: [Scalar])
  /// The rows with the grains of the delivered ones, and those whose grains are given beside them.
  case keys
}

/// What it means that a member of a dimension with history is not delivered.
package enum MemberAbsence: Sendable {
  /// Nobody knows: another job may have made the rows of before.
  case untold
  /// The job is the one that delivered it: what it is made from says now that it never was.
  case neverWas
}

/// What a load must do for a table.
package enum LoadNeed: Hashable, Sendable {
  /// The same definition has loaded the same inputs: there is nothing to do.
  case nothing
  /// Rows are to be delivered. `since` is what the last load of this definition consumed; nil asks
  /// for all rows.
  case rows(since: String?)
}

/// What a load did to one table.
package struct LoadOutcome: Hashable, Sendable {
  package var delivered = 0
  package var inserted = 0
  package var updated = 0
  package var deleted = 0
  /// Facts that got another surrogate key because a dimension's history or members changed.
  package var rekeyed = 0
  /// Members with a history that are not marked as deleted, though they are no longer delivered.
  package var absent = 0
  /// Members with a history that are gone: they are not delivered, and never were.
  package var vanished = 0
  /// Members that the facts named before their dimension knew them.
  package var inferred = 0
  /// Members that the fact's dimensions have inferred long ago, and that nobody has described yet.
  package var agedInferred = 0
  /// Rows of a fact that are kept apart because a member of theirs has not arrived.
  package var suspended = 0
  /// What is at stake with them, in words: `net_amount 12.30`.
  package var suspendedMeasures = ""
  /// Whether `rowCount` was counted, and need not be told from that of before.
  var isCounted = false
  /// Rows in the table after the load, reserved members aside.
  package var rowCount = 0
  /// What became of the delivered versions, of a dimension with history.
  package var tally = VersionTally()
  /// A digest of the delivered rows, whatever their order.
  package var digest = ""

  package init() {}

  /// How many rows of the table changed.
  var changedCount: Int { inserted + updated + deleted }

  /// Whether any row changed.
  package var isChanged: Bool { changedCount + rekeyed > 0 }
}
