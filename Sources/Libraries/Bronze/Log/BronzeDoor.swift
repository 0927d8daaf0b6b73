package import Core
import LakeJobs

/// A door by which lines come into a bronze table, and by which a line that was set aside goes in
/// once more.
package enum BronzeDoor: Sendable {
  /// Events of tills.
  case events
  /// Files of partners.
  case files
  /// Change events of source databases.
  case changes

  /// The door of the tool that made a commit; nil for others, which have lines replayed or copy
  /// tables.
  init?(tool: String) {
    switch ToolName(rawValue: tool) {
    case .ingestPOS: self = .events
    case .ingestFiles: self = .files
    case .extractChanges: self = .changes
    default: return nil
    }
  }
}

extension BronzeLog {
  /// The door by which lines came last, as the newest commit that has one tells; nil when none has.
  /// Two doors take JSON lines, and two Parquet files, so that the contract alone does not tell. No
  /// older commit is read.
  package func lastDoor() throws(Fault) -> BronzeDoor? {
    var version = try commitCount() - 1
    while version >= 0 {
      if let door = BronzeDoor(tool: try commit(version).tool) { return door }
      version -= 1
    }
    return nil
  }
}
