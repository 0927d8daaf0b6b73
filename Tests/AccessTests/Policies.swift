import Access
import Core
import LakeJobs
import LakeSupport
import TestSupport

/// What the tests of policies stand on: a policy from its text, and what it says.
enum Policies {
  static let day = CivilDate(parsing: "2026-03-01") ?? CivilDate(dayNumber: 0)
  static let members = LakeTableName(schema: "gold", name: "members")
  static let columns = [
    LabelledColumn("id"), LabelledColumn("store"), LabelledColumn("mail", labels: ["email"]),
    LabelledColumn("contact", labels: ["email", "phone"]),
    LabelledColumn("card", labels: ["card"]),
    LabelledColumn("fresh", labels: [Label.restricted]),
  ]

  static func read(_ text: String, tables: [LakeTableName]? = nil) throws(Fault) -> AccessPolicy {
    try AccessPolicy(Array(text.utf8), path: "access.yml", labels: nil, tables: tables)
  }

  /// The looks of the columns, in the order of `columns`; nil where the table is denied.
  static func looks(
    _ text: String, _ subject: String = "reader", day: CivilDate = Policies.day
  ) throws -> [ColumnRuling.Look]? {
    let ruling = try read(text).ruling(for: subject, on: members, columns: columns, day: day)
    guard case .granted(_, let columns) = ruling else { return nil }
    return columns.map(\.look)
  }

  static func access(_ text: String, _ subject: String, user: String) throws -> TableAccess {
    try read(text).access(
      by: Asker(subject, user: user, day: day, key: MaskKey(Array("key".utf8))), to: members,
      columns: columns)
  }
}
