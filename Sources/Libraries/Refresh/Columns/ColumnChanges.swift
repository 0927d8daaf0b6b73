import Core
import Delta
import Engine
import LakeJobs

/// The columns of a streaming table that its job calls otherwise, or drops, by its properties, as
/// far as a table that stands has yet to follow: its log alone is written for that.
struct ColumnChanges {
  private let dataset: Dataset
  private let renames: [Dataset.ColumnRename]
  private let drops: [String]

  /// What `snapshot`, which is of the dataset's table or of what it remembers, has yet to follow.
  /// The properties of the table, `known`, name the renames that it has followed: a column that has
  /// a former name since is another one. `.configuration` where a new name is taken.
  init(_ dataset: Dataset, to snapshot: Snapshot, known: [String: String]) throws(Fault) {
    self.dataset = dataset
    renames = dataset.columnRenames.filter {
      known[$0.property] != $0.name && snapshot.schema.hasColumn($0.old)
    }
    for rename in renames where snapshot.schema.hasColumn(rename.path) {
      throw Fault(
        .configuration, at: rename.place,
        "'\(rename.old)' of \(dataset.name) cannot be called '\(rename.name)': another column is",
        remedy: "take the property out, or drop the other column in a run before")
    }
    drops = dataset.droppedColumns.map(\.name).filter { snapshot.schema.hasColumn($0) }
  }

  var isEmpty: Bool { renames.isEmpty && drops.isEmpty }

  /// `amount is called price; sku goes`.
  var words: String {
    (renames.map { "\($0.old) is called \($0.name)" } + drops.map { "\($0) goes" })
      .joined(separator: "; ")
  }

  /// What the commit that does it is called, in Delta's words.
  var operation: String {
    if drops.isEmpty { return "RENAME COLUMN" }
    return renames.isEmpty ? "DROP COLUMNS" : "CHANGE COLUMNS"
  }

  /// What the commit says of itself.
  var parameters: [(String, String)] {
    let renamed = renames.map { "\($0.old) to \($0.name)" }.joined(separator: ", ")
    return (renames.isEmpty ? [] : [("renamed", renamed)])
      + (drops.isEmpty ? [] : [("dropped", drops.joined(separator: ", "))])
  }

  /// The table as it stands once it has followed.
  func applied(to snapshot: Snapshot, _ context: CommitContext) throws -> Snapshot {
    if isEmpty { return snapshot }
    var transaction = try Transaction(snapshot.table, on: snapshot, context)
    try stage(in: &transaction)
    return try transaction.provisionalSnapshot() ?? snapshot
  }

  /// Has the table follow.
  func stage(in transaction: inout Transaction) throws(Fault) {
    // Rules that the job has now name the columns as they are called now.
    let protocols = dataset.properties.filter { $0.key.hasPrefix("delta.") }
    transaction.setProperties(
      Dictionary(
        protocols.map { ($0.key, $0.value) } + dataset.renameProperties.map { ($0.key, $0.value) },
        uniquingKeysWith: { $1 }))
    do throws(Fault) {
      for rename in renames { try transaction.renameColumn(rename.old, to: rename.name) }
      for name in drops { try transaction.dropColumn(name) }
    } catch {
      throw Fault(
        error.kind, at: dataset.place,
        "the columns of \(dataset.name) cannot follow the job: \(error.problem)",
        remedy: error.remedy)
    }
    if let shape = transaction.snapshot?.properties[TableCommit.foldProperty] {
      transaction.setProperties([TableCommit.foldProperty: renamed(inShape: shape)])
    }
  }

  /// How a table was folded (`ChangeTarget.shape`), its columns as they are called now.
  func renamed(inShape shape: String) -> String {
    let names = Dictionary(
      renames.map { ($0.old.lowercased(), $0.name) }, uniquingKeysWith: { first, _ in first })
    let beginnings = ["SCD 1 by ", "SCD 2 by ", "in units by ", "tracking ", ""]
    return shape.split(separator: "; ").map { flow in
      flow.split(separator: ", ").map { part in
        let beginning = beginnings.first { part.hasPrefix($0) } ?? ""
        let name = String(part.dropFirst(beginning.count))
        return beginning + (names[name.lowercased()] ?? name)
      }.joined(separator: ", ")
    }.joined(separator: "; ")
  }
}
