package import Columnar
import Core

/// The columns that a table's change feed has besides the table's own, as Spark names them.
package enum ChangeColumns {
  /// The property of a table that has its changes recorded.
  package static let property = "delta.enableChangeDataFeed"
  /// What became of a row.
  package static let type = Field("_change_type", .string, isNullable: false)
  /// The version that did it.
  package static let version = Field("_commit_version", .bigint, isNullable: false)
  /// When that was made.
  package static let timestamp = Field("_commit_timestamp", .timestamp, isNullable: false)

  package static let all = [type, version, timestamp]

  /// What may become of a row: a changed one is told as it was and as it is.
  package enum Kind: String, CaseIterable, Sendable {
    case delete, insert
    case before = "update_preimage"
    case after = "update_postimage"
  }

  /// The folder of a table in which files of changed rows lie.
  package static let folder = "_change_data"

  /// Throws `.configuration` when a column would have the name of one of these.
  static func check(_ schema: Schema, at place: Place) throws(Fault) {
    guard let taken = all.first(where: { schema.index(of: $0.name) != nil }) else { return }
    throw Fault(
      .configuration, at: place,
      "a table with '\(property)' cannot have a column '\(taken.name)'",
      remedy: "rename the column, or take the property out")
  }
}
