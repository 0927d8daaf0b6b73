import Core
import Database

/// What a server has of what policies are made into, as its catalogs say.
struct ServerState {
  /// A role as it is.
  struct Role {
    let name: String
    /// Whether it was made, or taken over, for this database's policy.
    let isManaged: Bool
    /// Whether for that of any database of the server, whose roles are the same.
    let isOfPolicy: Bool
    /// Whether no right and no row policy holds for it.
    let isAboveRules: Bool
  }

  /// An object that was made of a policy: by its name, of which text, and whether it still is that.
  struct Made {
    let digest: String
    /// By what it is known what the server made of that text.
    let form: String
    let isUntouched: Bool
    let removing: String
  }

  /// What comments of ours begin with.
  static let mark = "medallion access"
  static let maskOwner = "medallion_mask"
  static let ownSchema = "medallion_access"
  static let policyName = "medallion_rows"
  static let viewSchemaMark = "as_"

  /// Who owns what loads make; what it may do is not said by a policy.
  let loader: String
  /// Who asks, and in which database.
  let user: String
  let database: String
  let roles: [String: Role]
  /// Who has which role: by role.
  let members: [String: Set<String>]
  let relations: [WarehouseRelation]
  /// The rights on all that belongs to the warehouse and to masked views.
  let rights: Set<ServerRight>
  /// Statements that take back rights on what is yet to be made, and to whom each gives them.
  let defaults: [(grantee: String, revoking: String)]
  let schemas: Set<String>
  /// Masked views and row policies by name.
  let made: [String: Made]
  /// Whether the keys of masks are those of `keyDigest`; nil where there are none.
  let keyDigest: String?

  /// Reads them; the session then names what lies in schemas by these.
  init(_ database: any Connection) throws(Fault) {
    try database.execute("SET LOCAL search_path = pg_catalog")
    loader = try Self.text(
      database,
      "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'medallion'")
    guard !loader.isEmpty else {
      throw Fault(
        .missing, at: database.place, "there is no warehouse yet",
        remedy: "run load-dims and load-facts first")
    }
    user = try Self.text(database, "SELECT current_user::text")
    self.database = try Self.text(database, "SELECT current_database()::text")
    roles = try Self.roles(database)
    members = try Self.members(database)
    relations = try WarehouseRelation.all(in: database)
    rights = try Self.rights(database)
    defaults = try Self.defaults(database)
    schemas = Set(
      try database.rows("SELECT nspname::text FROM pg_namespace").map { $0[0].plainText })
    made = try Self.views(database).merging(try Self.policies(database)) { $1 }
    let hasKeys = try database.value("SELECT to_regclass('medallion_access.mask_key') IS NOT NULL")
    let keys =
      hasKeys.isTrue
      ? try Self.text(
        database,
        "SELECT encode(sha256(inner_pad || outer_pad), 'hex') FROM medallion_access.mask_key") : ""
    keyDigest = keys.isEmpty ? nil : keys
  }

  private static func text(_ database: any Connection, _ sql: String) throws(Fault) -> String {
    try database.value(sql).plainText
  }

  private static func roles(_ database: any Connection) throws(Fault) -> [String: Role] {
    let rows = try database.rows(
      """
      SELECT rolname::text, coalesce(shobj_description(oid, 'pg_authid'), ''),
        rolsuper OR rolbypassrls, current_database()::text
      FROM pg_roles
      """)
    var found: [String: Role] = [:]
    for row in rows {
      let name = row[0].plainText
      found[name] = Role(
        name: name, isManaged: row[1].plainText == "\(mark) to \(row[3].plainText)",
        isOfPolicy: row[1].plainText.hasPrefix(mark), isAboveRules: row[2].isTrue)
    }
    return found
  }

  private static func members(_ database: any Connection) throws(Fault) -> [String: Set<String>] {
    let rows = try database.rows(
      "SELECT pg_get_userbyid(roleid)::text, pg_get_userbyid(member)::text FROM pg_auth_members")
    var found: [String: Set<String>] = [:]
    for row in rows { found[row[0].plainText, default: []].insert(row[1].plainText) }
    return found
  }

  /// Rights of others than the owner, on relations, their columns and schemas.
  private static func rights(_ database: any Connection) throws(Fault) -> Set<ServerRight> {
    let rows = try database.rows(
      """
      WITH ours AS (
        SELECT oid, nspacl, nspowner,
          '"' || replace(nspname::text, '"', '""') || '"' AS quoted
        FROM pg_namespace
        WHERE nspname IN ('medallion', 'dim', 'fact', 'staging', 'medallion_access')
          OR nspname LIKE 'as\\_%' AND obj_description(oid, 'pg_namespace') LIKE 'medallion access%'
      )
      SELECT 'SCHEMA ' || n.quoted, a.privilege_type, a.grantee = 0,
        pg_get_userbyid(a.grantee)::text, ''
      FROM ours n, aclexplode(n.nspacl) a WHERE a.grantee <> n.nspowner
      UNION ALL
      SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || n.quoted
          || '."' || replace(c.relname::text, '"', '""') || '"', a.privilege_type, a.grantee = 0,
        pg_get_userbyid(a.grantee)::text, ''
      FROM ours n JOIN pg_class c ON c.relnamespace = n.oid, aclexplode(c.relacl) a
      WHERE a.grantee <> c.relowner AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      UNION ALL
      SELECT 'TABLE ' || n.quoted || '."' || replace(c.relname::text, '"', '""') || '"',
        a.privilege_type, a.grantee = 0, pg_get_userbyid(a.grantee)::text,
        '"' || replace(t.attname::text, '"', '""') || '"'
      FROM ours n JOIN pg_class c ON c.relnamespace = n.oid
        JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
      WHERE a.grantee <> c.relowner
      """)
    return Set(
      rows.map { row in
        let column = row[4].plainText
        return ServerRight(
          object: row[0].plainText,
          privilege: row[1].plainText + (column.isEmpty ? "" : " (\(column))"),
          grantee: row[2].isTrue ? "" : row[3].plainText)
      })
  }

  private static func defaults(
    _ database: any Connection
  ) throws(Fault) -> [(grantee: String, revoking: String)] {
    let rows = try database.rows(
      """
      SELECT DISTINCT CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END,
        format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE %s ON TABLES FROM %s',
          pg_get_userbyid(d.defaclrole), coalesce(format(' IN SCHEMA %I', n.nspname), ''),
          a.privilege_type,
          CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
      FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace,
        aclexplode(d.defaclacl) a
      WHERE d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole
        AND (n.nspname IS NULL OR n.nspname IN ('medallion', 'dim', 'fact', 'staging'))
      ORDER BY 2
      """)
    return rows.map { ($0[0].plainText, $0[1].plainText) }
  }

  private static func views(_ database: any Connection) throws(Fault) -> [String: Made] {
    try made(
      database,
      """
      SELECT n.nspname::text, c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), ''),
        encode(sha256(convert_to(concat_ws('/', pg_get_viewdef(c.oid), c.reloptions::text,
          pg_get_userbyid(c.relowner)), 'UTF8')), 'hex'),
        format('DROP VIEW %I.%I', n.nspname, c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'v' AND n.nspname LIKE 'as\\_%'
        AND obj_description(n.oid, 'pg_namespace') LIKE 'medallion access%'
      """)
  }

  private static func policies(_ database: any Connection) throws(Fault) -> [String: Made] {
    try made(
      database,
      """
      SELECT n.nspname::text, p.polname || ' on ' || c.relname,
        coalesce(obj_description(p.oid, 'pg_policy'), ''),
        encode(sha256(convert_to(concat_ws('/', pg_get_expr(p.polqual, p.polrelid),
          p.polroles::text, p.polcmd::text, p.polpermissive::text), 'UTF8')), 'hex'),
        format('DROP POLICY %I ON %I.%I', p.polname, n.nspname, c.relname)
      FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('dim', 'fact') AND (0 = ANY (p.polroles)
        OR (SELECT oid FROM pg_roles WHERE rolname = 'medallion_mask') = ANY (p.polroles)
        OR obj_description(p.oid, 'pg_policy') LIKE 'medallion access%')
      """)
  }

  /// Comments are `medallion access <digest of the text> <digest of what the server made of it>`.
  private static func made(
    _ database: any Connection, _ sql: String
  ) throws(Fault) -> [String: Made] {
    var found: [String: Made] = [:]
    for row in try database.rows(sql) {
      let name = [row[0], row[1]].map { Dialect.postgresql.quoted($0.plainText) }
        .joined(separator: ".")
      let words = row[2].plainText.split(separator: " ")
      let digest = words.count == 4 ? String(words[2]) : ""
      found[name] = Made(
        digest: digest, form: String(row[3].plainText.prefix(16)),
        isUntouched: words.count == 4 && words[3] == row[3].plainText.prefix(16),
        removing: row[4].plainText)
    }
    return found
  }
}
