/// The answer to a query that a job file declares, as texts: what stands at a glance in the report,
/// or what is at stake in a message.
package struct AnswerTable: Equatable, Sendable {
  package var names: [String]
  package var rows: [[String]]

  package init(_ names: [String], _ rows: [[String]]) {
    self.names = names
    self.rows = rows
  }
}
