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

  /// Whether the environment sets the role.
  package var isPinned: Bool { environment(Self.variable) != nil }

  /// The role, if there is one; `.denied` when the environment sets it, and the call names another
  /// one, another lake or other rules.
  package func chosen(
    _ lake: LakeOptions, _ warehouse: WarehouseOption? = nil
  ) throws(Fault) -> String? {
    guard let pinned = environment(Self.variable) else {
      guard role != "" else {
        throw Fault(.usage, "'' is not a value of '--role'", remedy: "give a role, or none")
      }
      return role
    }
    let kept = [
      ("--role", role, pinned),
      ("--lake", lake.lake, environment("MEDALLION_LAKE") ?? "lake"),
      ("--jobs", lake.jobs, environment("MEDALLION_JOBS") ?? "jobs"),
      ("--warehouse", warehouse?.warehouse, environment("MEDALLION_WAREHOUSE")),
    ]
    for (option, given, set) in kept {
      guard let given else { continue }
      guard try given == set.map({ (text) throws(Fault) in try Self.path(text) }) else {
        throw Fault(
          .denied, "'\(option) \(given)' where \(Self.variable) sets the role '\(pinned)'",
          remedy: "leave it out: role, lake, job files and warehouse are those of the environment")
      }
    }
    return pinned
  }

  private static func path(_ text: String) throws(Fault) -> String {
    FileAddress.scheme(of: text) == "file" ? try FileAddress.path(text) : text
  }
}
