/// What stood of a person in one place.
package struct ErasedPlace: Sendable, Equatable {
  /// Which kind of place it is.
  package enum Kind: String, Sendable, CaseIterable {
    case bronze, table, changes, trash, log, index, state, text, database, warehouse, keys
  }

  package var kind: Kind
  /// The path below the lake, or the table of the warehouse.
  package var name: String
  /// How many rows, lines or texts held the person.
  package var count: Int
  /// SHA-256 of the bytes, before and after, in hex; nil where a place is no file, or is gone.
  package var before: String?
  package var after: String?
}
