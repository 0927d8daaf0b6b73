/// The tools that libraries of the lake speak of: in remedies and make's rules, as who made a
/// commit, and as who takes the files of a folder.
package enum ToolName: String, CaseIterable, Sendable, CustomStringConvertible {
  case ingestPOS = "ingest-pos"
  case ingestFiles = "ingest-files"
  case extractChanges = "cdc-extract"
  case bronzeToSilver = "bronze2silver"
  case silverToGold = "silver2gold"
  case loadDimensions = "load-dims"
  case loadFacts = "load-facts"
  case quarantine

  /// What it is called by.
  package var description: String { rawValue }
}
