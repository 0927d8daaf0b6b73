import Columnar
import Core
import Database

/// What an access policy has made over the warehouse's tables at a server: views and row policies
/// that hold a table in its shape.
///
/// A load that gives a table or view another shape takes them out of its way. Until the policy is
/// applied again those who read through them read nothing, rather than what it does not grant.
enum MaskedViews {
  /// Drops what stands on the table or view `name`.
  static func stepAside(from name: String, in database: any LoadingConnection) throws(Fault) {
    guard database.dialect == .postgresql else { return }
    let found = try database.rows(
      """
      SELECT DISTINCT format('DROP VIEW IF EXISTS %I.%I', n.nspname, v.relname)
      FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace n ON n.oid = v.relnamespace
      WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = to_regclass($1) AND v.oid <> d.refobjid
        AND obj_description(n.oid, 'pg_namespace') LIKE 'medallion access%'
      UNION
      SELECT DISTINCT format('DROP POLICY IF EXISTS %I ON %I.%I', p.polname, n.nspname, c.relname)
      FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
      WHERE obj_description(p.oid, 'pg_policy') LIKE 'medallion access%'
        AND to_regclass($1) IN (d.refobjid, p.polrelid)
      """, [.string(database.dialect.quoted(name))])
    for row in found {
      if case .string(let statement) = row[0] { try database.execute(statement) }
    }
  }
}
