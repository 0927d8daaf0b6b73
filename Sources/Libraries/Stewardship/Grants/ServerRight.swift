import Core
import Database

/// A right that somebody has at a server.
struct ServerRight: Hashable, Comparable {
  /// On what: `TABLE "dim"."dim_store"`, `SCHEMA "dim"`.
  let object: String
  /// `SELECT`, of single columns `SELECT ("city")`.
  let privilege: String
  /// The role's name; empty for everybody.
  let grantee: String

  var granting: String { "GRANT \(privilege) ON \(object) TO \(role)" }
  var revoking: String { "REVOKE \(privilege) ON \(object) FROM \(role)" }

  private var role: String { grantee.isEmpty ? "PUBLIC" : Dialect.postgresql.quoted(grantee) }

  static func < (left: ServerRight, right: ServerRight) -> Bool {
    (left.object, left.grantee, left.privilege) < (right.object, right.grantee, right.privilege)
  }

  static func select(_ relation: String, _ grantee: String) -> ServerRight {
    ServerRight(object: "TABLE \(relation)", privilege: "SELECT", grantee: grantee)
  }

  static func usage(_ schema: String, _ grantee: String) -> ServerRight {
    ServerRight(
      object: "SCHEMA \(Dialect.postgresql.quoted(schema))", privilege: "USAGE", grantee: grantee)
  }
}

/// Something that is made of the policy at a server: a masked view, or whose rows a table gives.
struct ServerObject: Hashable {
  /// Where it lies and what it is called: `"as_analyst"."dim_store"`, of a row policy its table.
  let name: String
  /// What makes it, and what takes it away.
  let making: [String]
  let removing: String
  /// How it is called in a comment: `VIEW …`, `POLICY … ON …`.
  let commented: String

  /// By what it is known that it was made of this text.
  var digest: String {
    String(SHA256.hex(of: making.joined(separator: ";\n")).prefix(16))
  }
}

extension SHA256 {
  fileprivate static func hex(of text: String) -> String { hexText(digest(of: Array(text.utf8))) }
}
