/// What to compare: a table of the source, what tells its rows apart, and how many may vanish.
package struct CompareSpec: Hashable, Sendable {
  package var table: String
  /// The columns that identify a row; together they must differ from row to row.
  package var keyColumns: [String]
  /// The column that says when a row changed, if there is one.
  package var updatedAtColumn: String?
  /// The zone of times that do not tell theirs, as `ZoneRules.named(_:)` knows it; nil is UTC.
  package var timeZone: String?
  /// Names that a column may not have in bronze.
  package var reservedColumns: [String]
  /// Columns that are read though a virtual table hides them.
  package var askedColumns: [String]
  package var deleteLimit: DeleteLimit
  /// Deletes that a person has confirmed: exactly this many pass, whatever the limit.
  package var acceptedDeletes: Int?

  package init(
    _ table: String, keyColumns: [String], updatedAtColumn: String? = nil,
    timeZone: String? = nil, reservedColumns: [String] = [], askedColumns: [String] = [],
    deleteLimit: DeleteLimit = .standard, acceptedDeletes: Int? = nil
  ) {
    self.table = table
    self.keyColumns = keyColumns
    self.updatedAtColumn = updatedAtColumn
    self.timeZone = timeZone
    self.reservedColumns = reservedColumns
    self.askedColumns = askedColumns
    self.deleteLimit = deleteLimit
    self.acceptedDeletes = acceptedDeletes
  }
}

/// What an extraction found.
package struct ExtractionSummary: Hashable, Sendable {
  /// Whether there was no state: all rows are snapshot reads.
  package var isSnapshot = false
  /// Rows read from the source.
  package var read = 0
  package var snapshotRows = 0
  package var created = 0
  package var updated = 0
  package var deleted = 0
  /// Rows that were remembered and did not come at their place; most of them are deleted.
  var lost = 0
  /// Columns the source has since this extraction. A row is changed by one only if it holds a value
  /// there: a new column full of NULLs changes no row.
  package var addedColumns: [String] = []
  /// Columns the source no longer has. Rows are not changed by that; change rows lack the column.
  package var removedColumns: [String] = []
  /// Columns whose names are our own, where they are new.
  package var renamedColumns: [Renamed] = []
  /// Columns that a virtual table hides and that are not read; told of with the first snapshot.
  package var hiddenColumns: [String] = []
  /// Times of changes that could not be read.
  package var unreadTimes = Oddity()
  /// Times of changes that lie in the future.
  package var timesAhead = Oddity()

  /// A column that bronze calls otherwise than the source.
  package struct Renamed: Hashable, Sendable {
    package let name: String
    package let bronzeName: String

    package init(name: String, bronzeName: String) {
      self.name = name
      self.bronzeName = bronzeName
    }
  }

  package init() {}

  /// How many change rows there are.
  package var changeCount: Int { snapshotRows + created + updated + deleted }
}
