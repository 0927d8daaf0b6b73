package import Core

/// What a drill is to do, and what it has for it.
package struct DrillCall: Sendable {
  /// Where the backup lies, as people write it.
  package var backup: String
  /// The text of a recipient's key.
  package var key: [UInt8]
  /// An empty folder that is the drill's own.
  package var scratch: String
  /// The folder of the suite's tools.
  package var tools: String
  package var epoch = EpochChoice.latest
  /// Whether only a table and a day are drilled that chance chooses, and not everything.
  package var isPartial = false
  package var seed: UInt64 = 0
  package var damage: DrillDamage?
  /// So many commits of each streaming table are done once more.
  package var intervalCount: Int64 = 2
  package var threads = 1
  package var run: RunID
  package var now: Timestamp

  package init(
    backup: String, key: [UInt8], scratch: String, tools: String, run: RunID, now: Timestamp
  ) {
    self.backup = backup
    self.key = key
    self.scratch = scratch
    self.tools = tools
    self.run = run
    self.now = now
  }
}
