import Columnar
import Core
import Database

/// The dimension of loads: by which run, from which inputs, under which rules and by which build of
/// the tools a row of an audited fact was written. `audit_key` is the number that the load has in
/// the ledger; -1 stands for loads of before the fact was audited.
struct AuditDimension {
  /// The foreign key in audited facts.
  static let column = "audit_key"
  static let name = "dim_audit"

  private let load: LoadContext

  init(_ load: LoadContext) { self.load = load }

  /// Writes the row of the load that is going on.
  func note(_ table: WarehouseTable) throws(Fault) {
    let database = load.database
    var shape = TableShape(AuditDimension.name)
    shape.add(AuditDimension.column, .bigint, "PRIMARY KEY")
    for column in ["fact", "run_id", "rule_set", "build"] { shape.add(column, .string) }
    shape.add("loaded_at", .timestamp)
    try shape.realize(in: database, at: table.place)
    let number = Int64(try LoadLedger.nextNumber(in: database))
    let marks = (1...6).map { "$\($0)" }.joined(separator: ", ")
    let insert = try database.prepare(
      "INSERT INTO \(AuditDimension.name) (audit_key, fact, run_id, rule_set, build, loaded_at) "
        + "VALUES (\(marks)) ON CONFLICT DO NOTHING")
    let unknown = Scalar.string("Unknown")
    try insert.run([.integer(ReservedKey.unknown), unknown, unknown, unknown, unknown, .null])
    try insert.run([
      .integer(number), .string(table.name), .string(load.run),
      .string(LoadLedger.digest(of: table.definition)), .string(Medallion.version),
      .string(ValueText.text(instant: load.clock.now)),
    ])
  }
}
