package import Access
import Columnar
package import Core
package import Database
import LakeJobs

/// Brings a PostgreSQL server to what a policy says, and tells what that takes.
///
/// What is there is read from the server's catalogs each time: what was made of another text, or
/// was changed since by somebody, is made anew; what is as it should be is left. Taken back is what
/// roles of the policy, roles that were its own before, `medallion_mask` and everybody may do with
/// the warehouse beyond it. Roles and rights of others stay as they are.
package struct ServerGrants {
  /// One statement, and what it is run with, which is not told.
  package struct Step: Sendable {
    package let sql: String
    let parameters: [Scalar]

    init(_ sql: String, _ parameters: [Scalar] = []) {
      self.sql = sql
      self.parameters = parameters
    }
  }

  private let policy: AccessPolicy
  private let labels: WarehouseLabels
  private let database: any Connection
  private let day: CivilDate
  private let key: () throws(Fault) -> MaskKey?
  private let warn: (Fault) -> Void

  /// `key` is asked when a mask is a hash; one that gives none lets the plan stand without it.
  package init(
    _ policy: AccessPolicy, _ labels: WarehouseLabels, at database: any Connection, day: CivilDate,
    key: @escaping () throws(Fault) -> MaskKey?, warn: @escaping (Fault) -> Void
  ) {
    self.policy = policy
    self.labels = labels
    self.database = database
    self.day = day
    self.key = key
    self.warn = warn
  }

  /// What is still to be done, in its order; nothing where all is as the policy says.
  package func plan() throws -> [Step] {
    try database.transaction { try steps().steps }
  }

  /// Does it in one transaction; what was done. `.internal` when something would be left to do.
  package func apply() throws -> [Step] {
    try database.transaction {
      let (steps, target) = try steps()
      for step in steps { try run(step) }
      if !steps.isEmpty {
        try remember(target)
        let left = try self.steps(isSilent: true).steps
        guard left.isEmpty else {
          throw Fault(
            .internal, at: database.place, "the policy does not settle: \(left[0].sql)",
            remedy: "report this as a bug")
        }
      }
      return steps
    }
  }

  private func run(_ step: Step) throws(Fault) {
    do {
      if step.parameters.isEmpty {
        try database.execute(step.sql)
      } else {
        try database.run(step.sql, step.parameters)
      }
    } catch {
      throw Fault(
        error.kind == .internal ? .configuration : error.kind, at: error.place,
        "\(error.problem), at: \(step.sql)", remedy: error.remedy)
    }
  }

  /// Notes what was made of which text, and what the server made of that.
  private func remember(_ target: ServerTarget) throws(Fault) {
    let state = try ServerState(database)
    for object in target.objects {
      guard let made = state.made[object.name], made.digest != object.digest || !made.isUntouched
      else { continue }
      let comment = "\(ServerState.mark) \(object.digest) \(made.form)"
      try database.execute(
        "COMMENT ON \(object.commented) IS \(database.dialect.literal(comment))")
    }
  }

  private func steps(isSilent: Bool = false) throws(Fault) -> (steps: [Step], target: ServerTarget)
  {
    let state = try ServerState(database)
    let target = try ServerTarget(policy, state, labels, day: day)
    var steps: [Step] = []
    steps += roles(state, target)
    steps += members(state, target, isSilent: isSilent)
    steps += schemas(state, target)
    if target.needsKey { steps += try keys(state) }
    steps += objects(state, target)
    steps += rights(state, target)
    return (steps, target)
  }

  // MARK: Parts

  private func quoted(_ name: String) -> String { database.dialect.quoted(name) }

  /// The roles that a policy made and that this one does not have.
  private func former(_ state: ServerState, _ target: ServerTarget) -> [String] {
    let names = Set(target.roles.map(\.name))
    return state.roles.values.filter { $0.isManaged && !names.contains($0.name) }
      .map(\.name).filter { $0 != ServerState.maskOwner && $0 != state.loader }.sorted()
  }

  private func roles(_ state: ServerState, _ target: ServerTarget) -> [Step] {
    var steps: [Step] = []
    for name in [ServerState.maskOwner] + target.roles.map(\.name) {
      if state.roles[name] == nil { steps.append(Step("CREATE ROLE \(quoted(name)) NOLOGIN")) }
      let role = state.roles[name]
      // The owner of masked views is that of all databases of the server.
      let isTaken = name == ServerState.maskOwner ? role?.isOfPolicy : role?.isManaged
      guard isTaken != true else { continue }
      let comment = database.dialect.literal("\(ServerState.mark) to \(state.database)")
      steps.append(Step("COMMENT ON ROLE \(quoted(name)) IS \(comment)"))
    }
    return steps
  }

  /// Tells of a member who sees more than the policy grants, by other rights that it has.
  private func tellAround(_ member: String, of role: AccessRole, _ state: ServerState) {
    guard state.roles[member] != nil, let above = state.around(member) else { return }
    // Who may load by the policy itself is no surprise.
    let loads = policy.role(state.loader)?.members.contains(member) ?? false
    if above == state.loader && loads { return }
    let why = above == member ? "is above all rules of the server" : "is a member of '\(above)'"
    warn(
      Fault(
        .configuration, at: role.place, "'\(member)' sees what no policy grants: it \(why)",
        remedy: "take that from it at the server, unless it is to look after that"))
  }

  private func members(
    _ state: ServerState, _ target: ServerTarget, isSilent: Bool
  ) -> [Step] {
    var steps: [Step] = []
    for role in policy.roles {
      for member in role.members where state.roles[member] == nil && !isSilent {
        warn(
          Fault(
            .configuration, at: role.place,
            "'\(member)' is no user of the server, and gets nothing",
            remedy: "have it made with CREATE ROLE \(quoted(member)) LOGIN"))
      }
      for member in role.members where !isSilent { tellAround(member, of: role, state) }
      let wanted = Set(role.members.filter { state.roles[$0] != nil })
      let present = state.members[role.name] ?? []
      steps += wanted.subtracting(present).sorted().map {
        Step("GRANT \(quoted(role.name)) TO \(quoted($0))")
      }
      guard role.name != state.loader else { continue }
      steps += present.subtracting(wanted).subtracting([state.user]).sorted().map {
        Step("REVOKE \(quoted(role.name)) FROM \(quoted($0))")
      }
    }
    for name in former(state, target) + [ServerState.maskOwner] {
      steps += (state.members[name] ?? []).subtracting([state.user]).sorted().map {
        Step("REVOKE \(quoted(name)) FROM \(quoted($0))")
      }
    }
    return steps
  }

  private func schemas(_ state: ServerState, _ target: ServerTarget) -> [Step] {
    var steps: [Step] = []
    var wanted = Set(
      target.objects.filter { $0.commented.hasPrefix("VIEW") }.compactMap { object in
        target.roles.first {
          object.name.hasPrefix("\(quoted("\(ServerState.viewSchemaMark)\($0.name)")).")
        }.map { "\(ServerState.viewSchemaMark)\($0.name)" }
      })
    if target.needsKey { wanted.insert(ServerState.ownSchema) }
    for schema in wanted.subtracting(state.schemas).sorted() {
      // Its owner is the tables', so that a load can take views out of its way.
      let owner = schema == ServerState.ownSchema ? state.user : state.loader
      steps.append(Step("CREATE SCHEMA \(quoted(schema)) AUTHORIZATION \(quoted(owner))"))
      steps.append(Step("COMMENT ON SCHEMA \(quoted(schema)) IS '\(ServerState.mark)'"))
    }
    return steps
  }

  /// The secret of hashes, where only masked views find it.
  private func keys(_ state: ServerState) throws(Fault) -> [Step] {
    let key = try key()
    if let digest = state.keyDigest {
      guard let key, digest != hexText(SHA256.digest(of: key.inner + key.outer)) else { return [] }
      return [
        Step(
          "UPDATE \(ServerLook.keys) SET inner_pad = decode($1, 'hex'), "
            + "outer_pad = decode($2, 'hex')",
          [.string(hexText(key.inner)), .string(hexText(key.outer))])
      ]
    }
    return [
      Step(
        "CREATE TABLE \(ServerLook.keys) (inner_pad BYTEA NOT NULL, outer_pad BYTEA NOT NULL)"),
      Step(
        "INSERT INTO \(ServerLook.keys) VALUES (decode($1, 'hex'), decode($2, 'hex'))",
        [.string(hexText(key?.inner ?? [])), .string(hexText(key?.outer ?? []))]),
    ]
  }

  private func objects(_ state: ServerState, _ target: ServerTarget) -> [Step] {
    var steps: [Step] = []
    let names = Set(target.objects.map(\.name))
    for (name, made) in state.made.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      steps.append(Step(made.removing))
    }
    for table in target.secured where !table.hasRowSecurity {
      steps.append(Step("ALTER TABLE \(table.quoted) ENABLE ROW LEVEL SECURITY"))
    }
    for object in target.objects {
      if let made = state.made[object.name] {
        if made.digest == object.digest, made.isUntouched { continue }
        steps.append(Step(made.removing))
      }
      steps += object.making.map { Step($0) }
    }
    return steps
  }

  private func rights(_ state: ServerState, _ target: ServerTarget) -> [Step] {
    let grantees = Set(
      target.roles.map(\.name) + former(state, target) + [ServerState.maskOwner, ""])
    let removed = Set(
      state.made.compactMap { name, made -> String? in
        let object = target.objects.first { $0.name == name }
        return object?.digest == made.digest && made.isUntouched ? nil : "TABLE \(name)"
      })
    // What is dropped and made anew has lost its rights.
    let present = state.rights.filter { !removed.contains($0.object) }
    let beyond = present.subtracting(target.rights).filter { grantees.contains($0.grantee) }
    let missing = target.rights.subtracting(present)
    return state.defaults.filter { grantees.contains($0.grantee) }.map { Step($0.revoking) }
      + beyond.sorted().map { Step($0.revoking) } + missing.sorted().map { Step($0.granting) }
  }
}
