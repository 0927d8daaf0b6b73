import Core
import Engine

/// Properties of Delta that have a writer do what ours does not: a table would bear the word, and
/// other programs would take it for kept.
enum UnwrittenProperties {
  /// What each asks for, by the beginning of its name.
  private static let all = [
    ("delta.columnMapping.", "another kind of column mapping than by 'name'"),
    ("delta.enableRowTracking", "row tracking"),
    ("delta.checkpointPolicy", "another kind of checkpoints than 'classic' or 'v2'"),
    ("delta.enableIcebergCompat", "files for Iceberg"),
    ("delta.universalFormat.", "metadata for Iceberg and Hudi"),
    ("delta.coordinatedCommits.", "coordinated commits"),
    ("delta.feature.", "a feature of the protocol by its name"),
    ("delta.minReaderVersion", "a version of the protocol"),
    ("delta.minWriterVersion", "a version of the protocol"),
  ]
  /// What says that the thing is not wanted.
  private static let off = ["false", "none", "classic"]
  /// What is written, though others of the same name are not.
  private static let written = [
    "delta.checkpointPolicy": "v2", "delta.columnMapping.mode": "name",
  ]

  /// Throws `.configuration` when one of `properties` asks for something that is not written.
  static func check(_ properties: [PropertySyntax]) throws(Fault) {
    for property in properties
    where !off.contains(property.value.lowercased()) && written[property.key] != property.value {
      guard let (_, what) = all.first(where: { property.key.hasPrefix($0.0) }) else { continue }
      throw Fault(
        .configuration, at: property.place,
        "'\(property.key)' asks for \(what), which these tools read and do not write",
        remedy: "take it out; what a table needs of the protocol is named by itself")
    }
  }
}
