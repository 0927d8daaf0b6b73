import Access
import Audit
import Columnar
import Core
import Database
import LakeJobs
import LakeQuery
import LakeTool
import PostgreSQL
import Stewardship
import UnixTool
import WarehouseJobs

/// What a policy makes of a server and of the lake's folders.
extension AccessDesk {
  /// What is still to be done.
  func plan() throws {
    let policy = try policy()
    for folder in try folders(policy) { try console.write(folder.words) }
    guard let grants = try grants(policy, makesKey: false) else { return }
    for step in try grants.plan() { try console.write("\(step.sql);") }
  }

  /// Does it. The act tells of itself before it begins.
  func apply() throws {
    let policy = try policy()
    let folders = try folders(policy)
    let grants = try grants(policy, makesKey: true)
    let steps = try grants?.plan() ?? []
    guard !folders.isEmpty || !steps.isEmpty else {
      return console.say("all is as \(policy.path) says")
    }
    let bytes = try workspace.lake.fileSystem.readHandwritten(policy.path)
    let entry = tool.lake.entry(
      "policy.apply", policy.path,
      [
        ("policy", hexText(SHA256.digest(of: bytes))), ("statements", "\(steps.count)"),
        ("folders", "\(folders.count)"),
      ], why: tool.choice.why)
    try tool.lake.audit(console).recording(entry) {
      for folder in folders { try folder.wanted.apply(to: folder.path) }
      if !steps.isEmpty { _ = try grants?.apply() }
    }
    for folder in folders { try console.write(folder.words) }
    for step in steps { try console.write("\(step.sql);") }
  }

  /// What brings the warehouse's server to the policy; nil where the warehouse is a file.
  private func grants(_ policy: AccessPolicy, makesKey: Bool) throws -> ServerGrants? {
    guard warehouse.path == nil else {
      console.note("the warehouse is a file, which knows no roles; see 'access export'")
      return nil
    }
    return ServerGrants(
      policy, labels, at: try warehouse.openedToSetUp(), day: day,
      key: { () throws(Fault) in try key(makes: makesKey) }, warn: { console.warn($0) })
  }

  /// A folder whose rights are not those of the policy.
  struct Folder {
    let path: String
    let wanted: FolderRights
    let words: String
  }

  private func folders(_ policy: AccessPolicy) throws(Fault) -> [Folder] {
    var found: [Folder] = []
    for folder in policy.folders.sorted(by: { $0.layer < $1.layer }) {
      let path = "\(tool.lake.lake)/\(folder.layer)"
      guard let present = FolderRights.of(path) else { continue }
      // What is made in it gets its group.
      let mode = folder.mode | (folder.group == nil ? present.mode & 0o2000 : 0o2000)
      let wanted = FolderRights(group: folder.group ?? present.group, mode: mode)
      guard present != wanted else { continue }
      let group = wanted.group == present.group ? "" : "chgrp \(wanted.group ?? "") \(path); "
      found.append(
        Folder(
          path: path, wanted: FolderRights(group: folder.group, mode: mode),
          words: "\(group)chmod \(String(mode, radix: 8)) \(path)"))
    }
    return found
  }

  // MARK: Leaks

  /// The tables of the warehouse that people look for rows in.
  func warehouseTables() throws -> [LakeTableName] {
    let files = workspace.lake.fileSystem
    guard let tables = try WarehouseTables(warehouse, fileSystem: files) else {
      throw Fault(
        .missing, "there is no warehouse yet", remedy: "run load-dims and load-facts first")
    }
    return try tables.names().filter { !$0.hasPrefix("_") && !$0.hasPrefix("stg_") }
      .map { LakeTableName(schema: "warehouse", name: $0.lowercased()) }
  }

  /// The names of the lake and the warehouse.
  func catalog() -> LakeCatalog {
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    catalog.showWarehouse(at: warehouse)
    return catalog
  }

  func copy(for subject: String, user: String, _ policy: AccessPolicy) throws -> RoleCopy {
    let asker = Asker(subject, user: user, day: day, key: try key(makes: true))
    return try RoleCopy(
      of: try warehouseTables(), for: asker, policy, labels, over: catalog(),
      tool.lake.queryContext(console))
  }

  /// Tries to see restricted values as each role and, where it has members, as each of them.
  func test() throws {
    let policy = try policy()
    for name in tool.names { try policy.check(subject: name) }
    let roles = policy.roles.filter { tool.names.isEmpty || tool.names.contains($0.name) }
    var count = 0
    for role in roles {
      let found =
        warehouse.path == nil
        ? try serverLeaks(role, policy) : try fileLeaks(role, policy)
      for leak in found { try console.write("leak: \(leak)") }
      if found.isEmpty { try console.write("\(role.name): nothing is seen that is restricted") }
      count += found.count
    }
    guard count > 0 else { return }
    throw Fault(
      .verdict, "\(counted(count, "leak"))",
      remedy: "run 'access apply', take back what was granted by hand, or mend the policy")
  }

  private func serverLeaks(_ role: AccessRole, _ policy: AccessPolicy) throws -> [String] {
    let session = try warehouse.openedToSetUp()
    guard let session = session as? PostgreSQLConnection else { return [] }
    var leaks: [String] = []
    let users = role.members.isEmpty ? [role.name] : role.members
    for user in users {
      let isThere = try session.rows(
        "SELECT 1 FROM pg_roles WHERE rolname = $1", [.string(user)])
      guard !isThere.isEmpty else {
        console.say("\(user): no user of the server, not tried")
        continue
      }
      // A user may act in each of its roles, one at a time.
      let others = policy.roles.filter { $0.members.contains(user) && $0.name != role.name }
      let values = try copy(for: role.name, user: user, policy).restrictedValues(
        besides: try others.map { try copy(for: $0.name, user: user, policy) })
      leaks += try ServerLeakTest(session, as: user, subject: user, values: values).leaks()
        .map(\.description)
    }
    return leaks
  }

  private func fileLeaks(_ role: AccessRole, _ policy: AccessPolicy) throws -> [String] {
    let folder = "\(tool.lake.lake)/_spill"
    try workspace.lake.fileSystem.createDirectory(folder)
    let path = "\(folder)/access-\(workspace.lake.runID).db"
    defer { try? workspace.lake.fileSystem.remove(path) }
    var leaks: [String] = []
    for user in role.members.isEmpty ? [role.name] : role.members {
      do {
        _ = try copy(for: role.name, user: user, policy).write(
          to: path, workspace.lake.fileSystem)
      } catch let fault as Fault where fault.kind == .verdict {
        leaks.append("\(user) as \(role.name): \(fault.problem)")
      } catch let fault as Fault where fault.kind == .denied {
        continue
      }
    }
    return leaks
  }
}
