import Columnar
import Core
import Database
import PostgreSQL

/// What must hold of a table of a server so that its rows can be read.
struct SourceChecks {
  private let id: UInt32
  private let sqlName: String
  private let place: Place
  private let session: LogicalSession

  init(id: UInt32, sqlName: String, place: Place, _ session: LogicalSession) {
    self.id = id
    self.sqlName = sqlName
    self.place = place
    self.session = session
  }

  /// `.configuration` when there is no such table, or it is of a `kind` that no log tells of.
  func checkKind(_ kind: String?, _ isLogged: Bool, _ name: String) throws(Fault) {
    guard let kind else {
      throw Fault(
        .configuration, at: place, "the source has no table \(name)",
        remedy: "check the name and its schema, or take it out of the sources")
    }
    guard kind == "r" || kind == "p" else {
      throw Fault(
        .configuration, at: place, "this is no table, and a log tells of tables only",
        remedy: "name the tables that it reads")
    }
    guard isLogged else {
      throw Fault(
        .configuration, at: place, "the table is unlogged, so that no log tells of it",
        remedy: "run 'ALTER TABLE \(sqlName) SET LOGGED'")
    }
  }

  /// `.denied` when the role does not see all rows of the table, as the log does.
  func checkRights() throws(Fault) {
    guard try session.isTrue("SELECT has_table_privilege($1::oid, 'SELECT')", "\(id)") else {
      throw Fault(
        .denied, at: place, "the role may not read the table",
        remedy: "have its owner run 'GRANT SELECT ON \(sqlName) TO …'")
    }
    guard try session.isTrue("SELECT row_security_active($1::oid)", "\(id)") else { return }
    throw Fault(
      .denied, at: place, "row security hides rows of the table from the role",
      remedy: "have an administrator run 'ALTER ROLE … BYPASSRLS'")
  }

  /// `.configuration` when a key column is not among `names`.
  func checkKeys(_ keys: [String], _ names: [String]) throws(Fault) {
    guard let missing = keys.first(where: { ColumnNames.index(of: $0, in: names) == nil }) else {
      return
    }
    let isGenerated = try session.isTrue(
      "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::oid AND attname = $2)",
      "\(id)", missing)
    throw Fault(
      .configuration, at: place,
      isGenerated
        ? "the key '\(missing)' is a generated column, which a log does not tell"
        : "the table has no column \(missing)",
      remedy: "name one of: \(names.joined(separator: ", "))")
  }

  /// `.configuration` when a column's values cannot be kept.
  func checkTypes(_ columns: [SourceRelation.Column]) throws(Fault) {
    for column in columns {
      guard let refuge = session.types.refuge(for: column.type) else { continue }
      throw Fault(
        .configuration, at: place,
        "'\(column.name)' is \(column.declaredType), whose texts depend on who reads them",
        remedy: "keep it as '\(column.name)::\(refuge)' in the source")
    }
  }
}
