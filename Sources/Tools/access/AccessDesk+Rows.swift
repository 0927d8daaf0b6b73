import Access
import Audit
import Columnar
import Core
import LakeJobs
import LakeQuery
import LakeTool
import Lakehouse
import Stewardship
import UnixTool
import WarehouseJobs

/// What somebody sees of tables, with their rows.
extension AccessDesk {
  /// Which rows and columns, by which rule, with a sample: of a user, in each of its roles.
  func explain() throws {
    let names = try names(2...2, "a role or user, and a table")
    let policy = try policy()
    try policy.check(subject: names[0])
    let table = try table(names[1])
    let roles = policy.roles.filter { $0.name == names[0] || $0.members.contains(names[0]) }
    for (index, role) in roles.enumerated() {
      if index > 0, tool.report.format == .text { try console.write("") }
      try explain(table, to: role.name, user: tool.choice.user ?? names[0], policy)
    }
  }

  private func explain(
    _ table: LakeTableName, to role: String, user: String, _ policy: AccessPolicy
  ) throws {
    let asker = Asker(role, user: user, day: day, key: try key(makes: false))
    var columns = labels.columns(of: table) ?? []
    var view: RoleView?
    do {
      view = try RoleView(
        table, for: asker, policy, labels, over: catalog(), tool.lake.queryContext(console))
    } catch let fault as Fault where fault.kind == .missing {
      console.say("\(table): no rows yet, and no sample")
    }
    if let view, table.schema == "warehouse" {
      columns = labels.columns(of: table, stored: view.schema.names)
    }
    let ruling = policy.ruling(for: role, on: table, columns: columns, day: day)
    let report = ExplainReport(
      user == role ? role : "\(user) as \(role)", table, columns, ruling,
      roles: policy.roles(of: role))
    try console.output.write(report.text(tool.report))
    guard tool.report.format == .text, let view, let rows = try view.rows(limit: 3) else { return }
    // The sample is a look at people too.
    var reads = LabelledReads(nil, nil)
    reads.add(view.shown(of: columns), of: table)
    try tool.lake.record(reads.told(asking: "explain \(role) \(table)"), console)
    try console.output.write(try ExplainReport.sample(rows))
  }

  /// A SQLite file with what a role may see of the warehouse.
  func export() throws {
    guard let role = tool.choice.role else {
      throw Fault(.usage, "it is not said for whom", remedy: "give --role ROLE")
    }
    let path = try FileAddress.path(try names(1...1, "the file to write")[0])
    let policy = try policy()
    try policy.check(subject: role)
    let copy = try copy(for: role, user: tool.choice.user ?? role, policy)
    let entry = tool.lake.entry(
      "policy.export", path, [("role", role), ("policy", policy.path)], why: tool.choice.why)
    let contents = try tool.lake.audit(console).recording(entry) {
      try copy.write(to: path, workspace.lake.fileSystem)
    }
    for content in contents {
      try console.write("\(content.table.name): \(counted(content.rowCount, "row"))")
    }
  }
}
