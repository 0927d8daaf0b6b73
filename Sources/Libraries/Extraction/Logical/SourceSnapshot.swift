import Core
import Database
import LakeJobs
import PostgreSQL

/// The tables of a source at one place of its log: all that was committed before it is seen, and
/// nothing else.
///
/// A slot that ends with its connection is made for that: the server says where its log is whole,
/// and gives the snapshot of just that place. The tables are locked against being rewritten before,
/// since a snapshot does not see rows that were.
final class SourceSnapshot {
  /// What was committed before this is seen.
  let position: LogPosition
  /// The server's time before the snapshot: all that was committed later bears a later one.
  let moment: Timestamp
  let session: LogicalSession

  init(of tables: [LogicalTable], _ session: LogicalSession) throws(Fault) {
    let reader = try session.another()
    self.session = reader
    let connection = reader.connection
    let names = tables.map(\.source.sqlName).joined(separator: ", ")
    try connection.execute(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE \(names) IN ACCESS SHARE MODE")
    moment = try session.server().now
    let replication = try session.replication()
    let slot = "medallion_snapshot_\(UInt32.random(in: 0 ... .max))"
    let made = try replication.texts(
      "CREATE_REPLICATION_SLOT \(slot) TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT")
    guard made.count >= 3, let position = made[1].flatMap({ LogPosition(parsing: $0) }),
      let snapshot = made[2]
    else {
      throw Fault(
        .configuration, at: connection.place, "the server gives no snapshot of its log",
        remedy: "name the primary server, of version 12 or later")
    }
    self.position = position
    try connection.execute("SET TRANSACTION SNAPSHOT '\(snapshot)'")
    // With the connection goes the slot, which would keep the server's log.
    withExtendedLifetime(replication) {}
  }
}
