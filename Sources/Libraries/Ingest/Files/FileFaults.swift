package import Core
package import LakeJobs

extension Fault {
  /// That the fields of a file are not those that `table` declares, for which `rejectedCount` of
  /// its records are set aside and the others are taken.
  package static func drift(
    _ words: [String], of file: String, _ table: LakeTableName, rejectedCount: Int
  ) -> Fault {
    let most = words.prefix(5).joined(separator: ", ")
    let more = words.count > 5 ? " and \(words.count - 5) more" : ""
    let problem = "its fields are not those of \(table): \(most)\(more)"
    if rejectedCount == 0 {
      return Fault(
        .data, at: Place(file), problem, remedy: "declare what is needed in setup.sql; it is kept")
    }
    let records = rejectedCount == 1 ? "1 record is" : "\(rejectedCount) records are"
    return Fault(
      .data, at: Place(file), "\(problem), and \(records) set aside",
      remedy: "change the contract, then 'quarantine replay \(table.name)'")
  }
}
