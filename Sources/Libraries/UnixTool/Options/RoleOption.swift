package import ArgumentParser
package import Core

/// Through whose eyes tables are read.
///
/// Whoever may start a tool only with `MEDALLION_ROLE` set, by sudo or a service, cannot widen what
/// it shows: the role is kept, and with it the lake, the job files that hold the policy, and the
/// warehouse that the environment names.
package struct RoleOption: ParsableArguments {
  private static let variable = "MEDALLION_ROLE"

  @Option(
    help: ArgumentHelp(
      "show what this role or member of one may see, or MEDALLION_ROLE", valueName: "ROLE"))
  package var role: String?

  package init() {}

  /// Whether there is a role.
  package var isGiven: Bool { role != nil || isPinned }

  /// Whether the environment sets the role.
  package var isPinned: Bool { environment(Self.variable) != nil }

  /// The role, if there is one; `.denied` when the environment sets it, and the call names another
  /// one, another lake or other rules.
  package func chosen(
    _ lake: LakeOptions, _ options: RunOptions, _ warehouse: WarehouseOption? = nil
  ) throws(Fault) -> String? {
    guard let pinned = environment(Self.variable) else {
      guard role != "" else {
        throw Fault(.usage, "'' is not a value of '--role'", remedy: "give a role, or none")
      }
      return role
    }
    // A grant that ended holds no more, whatever day somebody says it is.
    let stray = [("--now", options.now != nil), ("--readers", lake.readers != nil)].first { $0.1 }
    if let stray { throw kept(stray.0, pinned) }
    let fixed = [
      ("--role", role, pinned),
      ("--lake", lake.lake, environment("MEDALLION_LAKE") ?? "lake"),
      ("--jobs", lake.jobs, environment("MEDALLION_JOBS") ?? "jobs"),
      ("--warehouse", warehouse?.warehouse, environment("MEDALLION_WAREHOUSE")),
    ]
    for (option, given, set) in fixed {
      guard let given else { continue }
      guard try given == set.map({ (text) throws(Fault) in try Self.path(text) }) else {
        throw kept("\(option) \(given)", pinned)
      }
    }
    return pinned
  }

  private func kept(_ words: String, _ role: String) -> Fault {
    Fault(
      .denied, "'\(words)' where \(Self.variable) sets the role '\(role)'",
      remedy: "leave it out: role, lake, job files, warehouse and day are those of the environment")
  }

  private static func path(_ text: String) throws(Fault) -> String {
    FileAddress.scheme(of: text) == "file" ? try FileAddress.path(text) : text
  }
}
