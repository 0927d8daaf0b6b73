package import Core
package import Delta
package import LakeJobs
import YAML

/// What must stay, whatever its age: files `_holds/<name>.yml` of the lake, which a person writes
/// and takes away again.
///
///     tables: [silver.sales_lines, gold.*]
///     reason: tax audit of 2025
///     since: 2025-01-01       # versions that were current then or later; all when it is missing
///     until: 2027-01-01       # until then; for good when it is missing
///
/// A hold that cannot be understood stops what would remove anything: it may name any table.
package struct Holds: Sendable {
  /// One file.
  package struct Hold: Sendable {
    package let name: String
    package let tables: [String]
    package let reason: String
    package let since: Timestamp?
    package let until: Timestamp?
  }

  /// The folder of a lake that they lie in.
  package static let folder = "_holds"

  private let holds: [Hold]

  /// The holds of `lake` that have not ended at its clock.
  package init(of lake: Lake) throws(Fault) {
    var holds: [Hold] = []
    let folder = "\(lake.root)/\(Self.folder)"
    for name in try lake.fileSystem.list(folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard name.hasSuffix(".yml") else {
        throw Fault(
          .configuration, at: Place(path), "this is no hold: its name does not end in .yml",
          remedy: "rename it, or move it elsewhere")
      }
      let hold = try Hold(path, name: String(name.dropLast(4)), lake.fileSystem)
      if hold.until.map({ $0 > lake.clock.now }) ?? true { holds.append(hold) }
    }
    self.holds = holds
  }

  /// The first version of `table` that is held, and by what; nil when none is.
  package func first(
    of name: LakeTableName, _ table: Table
  ) throws(Fault) -> (version: Int64, hold: Hold)? {
    var first: (version: Int64, hold: Hold)?
    for hold in holds where hold.holds(name) {
      let version = try hold.since.map { (time) throws(Fault) in try table.version(at: time) } ?? 0
      guard let version, version < first?.version ?? .max else { continue }
      first = (version, hold)
    }
    return first
  }
}

extension Holds {
  /// What holds the rows of `table` that came on `day`; nil when nothing does.
  package func hold(on table: LakeTableName, _ day: CivilDate) -> Hold? {
    holds.first { hold in
      hold.holds(table) && hold.since.map { $0.date <= day } ?? true
    }
  }
}

extension Holds.Hold {
  fileprivate init(_ path: String, name: String, _ files: any FileSystem) throws(Fault) {
    let members = try YAMLFile(path, fileSystem: files).root
      .members(allowed: ["tables", "reason", "since", "until"])
    guard let tables = try members["tables"]?.texts(), !tables.isEmpty else {
      throw Fault(
        .configuration, at: Place(path), "the hold does not say of which tables",
        remedy: "add 'tables: [silver.sales]', or '*' for all")
    }
    guard let reason = try members["reason"]?.text(), !reason.isEmpty else {
      throw Fault(
        .configuration, at: Place(path), "the hold does not say why",
        remedy: "add 'reason: …', for who finds it later")
    }
    self.init(
      name: name, tables: tables.map { $0.lowercased() }, reason: reason,
      since: try Self.time(members["since"]), until: try Self.time(members["until"]))
  }

  private static func time(_ value: YAMLValue?) throws(Fault) -> Timestamp? {
    guard let value else { return nil }
    guard let time = Timestamp(rfc3339Text: try value.text()) else {
      throw value.wrong("a time such as 2026-01-01 or 2026-01-01T06:00:00Z")
    }
    return time
  }

  /// Whether it names `table`, by its name, as all of a layer (`gold.*`) or as all (`*`).
  fileprivate func holds(_ table: LakeTableName) -> Bool {
    tables.contains { ["*", "\(table.schema).*", "\(table)"].contains($0) }
  }
}
