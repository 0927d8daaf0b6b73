package import Columnar
package import Core
package import Database
package import LakeJobs

/// A table or view of dimensions and facts, as a server has it.
package struct WarehouseRelation: Sendable {
  /// A column and its type.
  package struct Column: Sendable {
    package let name: String
    package let type: DataType
  }

  package let schema: String
  package let name: String
  /// Whether it holds rows of its own.
  package let isTable: Bool
  /// The role that owns it, which sees everything.
  package let owner: String
  package let columns: [Column]
  /// Whether its rows are kept from those whom no policy of the server names.
  package let hasRowSecurity: Bool

  /// What it is called at the server.
  package var quoted: String {
    "\(Dialect.postgresql.quoted(schema)).\(Dialect.postgresql.quoted(name))"
  }

  /// What policies call it.
  package var table: LakeTableName { LakeTableName(schema: "warehouse", name: name.lowercased()) }

  /// Those of a server's database; parts of a table are no tables.
  package static func all(in database: any Connection) throws(Fault) -> [WarehouseRelation] {
    let rows = try database.rows(
      """
      SELECT n.nspname::text, c.relname::text, c.relkind IN ('r', 'p'),
        pg_get_userbyid(c.relowner)::text, c.relrowsecurity, a.attname::text,
        format_type(a.atttypid, a.atttypmod)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE n.nspname IN ('dim', 'fact') AND c.relkind IN ('r', 'p', 'v', 'm')
        AND NOT c.relispartition
      ORDER BY n.nspname, c.relname, a.attnum
      """)
    var found: [WarehouseRelation] = []
    var columns: [Column] = []
    for (index, row) in rows.enumerated() {
      guard case .string(let type) = row[6] else { continue }
      columns.append(
        Column(name: row[5].plainText, type: Dialect.postgresql.dataType(declared: type)))
      let isLast = index + 1 == rows.count || rows[index + 1][0...1] != row[0...1]
      guard isLast else { continue }
      found.append(
        WarehouseRelation(
          schema: row[0].plainText, name: row[1].plainText, isTable: row[2].isTrue,
          owner: row[3].plainText, columns: columns, hasRowSecurity: row[4].isTrue))
      columns = []
    }
    return found
  }
}

extension Scalar {
  /// A text of a catalog; empty for anything else.
  var plainText: String { if case .string(let text) = self { text } else { "" } }
}
