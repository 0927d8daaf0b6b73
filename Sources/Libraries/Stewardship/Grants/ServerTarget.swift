import Access
import Columnar
import Core
import Database
import LakeJobs

/// What a server should have by a policy: roles, masked views, whose rows tables give, and rights.
///
/// Nobody reads a table of the warehouse but the role that owns it and `medallion_mask`, which owns
/// no table and which nobody is a member of. Each role of the policy has a schema `as_<role>` with
/// a view for each table it may see: security barriers, owned by `medallion_mask`, with the rows
/// and columns that the role sees. A row policy of the table keeps even the views of others from
/// giving more than some role of who asks may see. The tables' owner is not held by it, since
/// loads copy.
struct ServerTarget {
  /// The roles of the policy that are made at the server.
  let roles: [AccessRole]
  /// Masked views and row policies.
  private(set) var objects: [ServerObject] = []
  private(set) var rights: Set<ServerRight> = []
  /// The tables whose rows only row policies give.
  private(set) var secured: [WarehouseRelation] = []
  /// Whether some mask is a hash.
  private(set) var needsKey = false

  private let policy: AccessPolicy
  private let state: ServerState
  private let labels: WarehouseLabels
  private let day: CivilDate
  private var dialect: Dialect { .postgresql }

  init(
    _ policy: AccessPolicy, _ state: ServerState, _ labels: WarehouseLabels, day: CivilDate
  ) throws(Fault) {
    self.policy = policy
    self.state = state
    self.labels = labels
    self.day = day
    // Who owns the tables sees them as they are.
    roles = policy.roles.filter { $0.name != state.loader }
    try check()
    secured = state.relations.filter(\.isTable)
    var rows: [String: [(role: String, rows: [RowFilter])]] = [:]
    for role in roles {
      for relation in state.relations {
        guard let seen = try view(of: relation, for: role) else { continue }
        rows[relation.quoted, default: []].append((role.name, seen))
      }
    }
    let asked = try askedTables()
    for relation in secured {
      objects.append(
        try rowPolicy(
          of: relation, rows[relation.quoted] ?? [], isAsked: asked.contains(relation.quoted)))
    }
    for schema in Set(state.relations.map(\.schema)) where !rights.isEmpty {
      rights.insert(.usage(schema, ServerState.maskOwner))
    }
    if needsKey {
      rights.insert(.usage(ServerState.ownSchema, ServerState.maskOwner))
      rights.insert(.select(ServerLook.keys, ServerState.maskOwner))
    }
  }

  /// What the rows and columns of `relation` are to `role`.
  private func ruling(_ relation: WarehouseRelation, _ role: String) -> TableRuling {
    policy.ruling(
      for: role, on: relation.table,
      columns: labels.columns(of: relation.table, stored: relation.columns.map(\.name)), day: day)
  }

  /// Throws where a role could read around its views.
  private func check() throws(Fault) {
    for role in roles {
      guard let above = state.around(role.name) else { continue }
      let why =
        above == role.name ? "it is above all rules of the server" : "it is a member of '\(above)'"
      throw Fault(
        .configuration, at: role.place, "'\(role.name)' sees what no policy grants: \(why)",
        remedy: "take that from it at the server")
    }
  }

  private mutating func view(
    of relation: WarehouseRelation, for role: AccessRole
  ) throws(Fault) -> [RowFilter]? {
    guard case .granted(let rows, let rulings) = ruling(relation, role.name) else { return nil }
    let look = ServerLook(relation: relation, table: serverName)
    var columns: [String] = []
    for (column, ruling) in zip(relation.columns, rulings) {
      guard let value = try look.value(column, ruling.look) else { continue }
      if value.contains(ServerLook.keys) { needsKey = true }
      columns.append("\(value) AS \(dialect.quoted(column.name))")
    }
    let schema = "\(ServerState.viewSchemaMark)\(role.name)"
    let name = "\(dialect.quoted(schema)).\(dialect.quoted(relation.name))"
    let filter = try look.condition(rows).map { " WHERE \($0)" } ?? ""
    objects.append(
      ServerObject(
        name: name,
        making: [
          "CREATE VIEW \(name) WITH (security_barrier = true) AS "
            + "SELECT \(columns.joined(separator: ", ")) FROM \(relation.quoted)\(filter)",
          "ALTER VIEW \(name) OWNER TO \(ServerState.maskOwner)",
        ],
        removing: "DROP VIEW \(name)", commented: "VIEW \(name)"))
    rights.insert(.usage(schema, role.name))
    rights.insert(.select(name, role.name))
    rights.insert(.usage(schema, ServerState.maskOwner))
    rights.insert(.select(relation.quoted, ServerState.maskOwner))
    return rows
  }

  /// The tables that row filters ask: all of their rows count there, whoever asks.
  private mutating func askedTables() throws(Fault) -> Set<String> {
    let filters = policy.grants.filter { $0.holds(on: day) }.compactMap(\.rows)
    var asked: Set<String> = []
    for filter in filters {
      for name in try filter.tables {
        guard let table = LakeTableName(name), let found = serverName(table) else { continue }
        asked.insert(found)
        rights.insert(.select(found, ServerState.maskOwner))
      }
    }
    return asked
  }

  private func serverName(_ table: LakeTableName) -> String? {
    state.relations.first { $0.table == table }?.quoted
  }

  private func rowPolicy(
    of relation: WarehouseRelation, _ seen: [(role: String, rows: [RowFilter])], isAsked: Bool
  ) throws(Fault) -> ServerObject {
    let look = ServerLook(relation: relation, table: serverName)
    var cases: [String] = []
    for (role, rows) in isAsked ? [] : seen {
      let member =
        "(SELECT pg_has_role(CURRENT_USER, \(dialect.literal(role)), 'MEMBER'))"
      cases.append(try look.condition(rows).map { "(\(member) AND \($0))" } ?? member)
    }
    let condition = isAsked ? "true" : cases.isEmpty ? "false" : cases.joined(separator: " OR ")
    let name = dialect.quoted(ServerState.policyName)
    return ServerObject(
      name: dialect.quoted(relation.schema) + "."
        + dialect.quoted("\(ServerState.policyName) on \(relation.name)"),
      making: [
        "CREATE POLICY \(name) ON \(relation.quoted) FOR SELECT TO \(ServerState.maskOwner) "
          + "USING (\(condition))"
      ],
      removing: "DROP POLICY \(name) ON \(relation.quoted)",
      commented: "POLICY \(name) ON \(relation.quoted)")
  }
}

extension ServerState {
  /// What lets `role` read tables around its views, and is above its own rules: itself, or one that
  /// it is a member of; nil where nothing does. It stands in the place of FORCE ROW LEVEL SECURITY,
  /// which would keep the loader from its own tables.
  func around(_ role: String) -> String? {
    above(role).sorted().first {
      $0 == loader || $0 == ServerState.maskOwner || $0.hasPrefix("pg_")
        || roles[$0]?.isAboveRules ?? false
    }
  }

  /// The roles whose rights `role` has: itself, and all that it is a member of.
  func above(_ role: String) -> Set<String> {
    var found: Set<String> = [role]
    var waiting = [role]
    while let next = waiting.popLast() {
      for (name, members) in members where members.contains(next) && found.insert(name).inserted {
        waiting.append(name)
      }
    }
    return found
  }
}
