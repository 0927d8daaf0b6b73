/// A row to be replayed, perhaps with another text.
package struct ReplayRequest: Sendable {
  package var row: QuarantinedRow
  package var raw: [UInt8]

  package init(_ row: QuarantinedRow, raw: [UInt8]? = nil) {
    self.row = row
    self.raw = raw ?? row.raw
  }
}
