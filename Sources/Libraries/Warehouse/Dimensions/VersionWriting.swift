import Columnar
import Core
import Database

/// Writes single versions of a dimension.
struct VersionWriting {
  private let insertion: any Statement
  private let updating: any Statement
  private let deletion: any Statement
  private let presence: any Statement
  private let past: PastKnowledge?

  init(_ loader: DimensionLoader, _ tracked: [String], _ untracked: [String]) throws(Fault) {
    let quoted = loader.load.quoted
    let database = loader.load.database
    let table = quoted(loader.table.name)
    let surrogate = quoted(loader.dimension.surrogateColumn)
    past = loader.dimension.hasTwoAxes ? try PastKnowledge(loader) : nil
    let versioned =
      ["is_inferred", "valid_from", "valid_to", "is_current", "is_deleted"]
      + (past == nil ? [] : [DimensionColumns.knownFrom]) + (tracked + untracked).map(quoted)
    let inserted =
      [surrogate, quoted(loader.dimension.durableColumn)] + loader.table.key.map(quoted) + versioned
    let marks = inserted.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    insertion = try database.prepare(
      "INSERT INTO \(table) (\(inserted.joined(separator: ", "))) VALUES (\(marks))")
    let assignments = versioned.enumerated().map { "\($0.element) = $\($0.offset + 2)" }
    updating = try database.prepare(
      "UPDATE \(table) SET \(assignments.joined(separator: ", ")) WHERE \(surrogate) = $1")
    deletion = try database.prepare("DELETE FROM \(table) WHERE \(surrogate) = $1")
    presence = try database.prepare("SELECT 1 FROM \(table) WHERE \(surrogate) = $1")
  }

  func insert(
    _ surrogate: Int64, _ durable: Int64, _ key: [Scalar], _ version: MemberVersion
  ) throws(Fault) {
    try insertion.run([.integer(surrogate), .integer(durable)] + key + values(version))
  }

  func update(_ surrogate: Int64, _ version: MemberVersion) throws(Fault) {
    try past?.keep(surrogate)
    try updating.run([.integer(surrogate)] + values(version))
  }

  func delete(_ surrogate: Int64) throws(Fault) {
    try past?.keep(surrogate)
    try deletion.run([.integer(surrogate)])
  }

  func isStored(_ surrogate: Int64) throws(Fault) -> Bool {
    try !presence.rows([.integer(surrogate)]).isEmpty
  }

  private func values(_ version: MemberVersion) -> [Scalar] {
    let made: [Scalar] = [
      .integer(0), .string(startText(version.from)), .string(startText(version.to)),
      .integer(version.isCurrent ? 1 : 0), .integer(version.isDeleted ? 1 : 0),
    ]
    return made + (past.map { [.string($0.moment)] } ?? []) + version.tracked + version.untracked
  }
}
