import Core
import LakeJobs

/// Which entry of a log a reader took last, beside its number: a log that was restored from an
/// older copy may have come to the same number by other entries.
///
/// A table keeps it as the version of an application of its own, so that it is committed with the
/// position: 40 bits of what the entry is, above the last 20 of the position. By these a position
/// is known that was written by who keeps no marks.
struct LogMark: Hashable {
  private static let positionBits: Int64 = 20
  private static let mask: Int64 = 1 << positionBits - 1

  private let hash: Int64

  /// The mark of an entry that `identity` tells from all others.
  init(_ identity: String) {
    hash = SHA256.digest(of: [UInt8](identity.utf8)).prefix(5).reduce(0) { $0 << 8 | Int64($1) }
  }

  /// The mark as `text` has it; nil for another text.
  init?(text: some StringProtocol) {
    guard text.utf8.count == 10, let hash = Int64(text, radix: 16) else { return nil }
    self.hash = hash
  }

  /// The mark that a table recorded for `position`; nil when it has none for it.
  init?(recorded: Int64?, at position: Int64) {
    guard let recorded, recorded & Self.mask == position & Self.mask else { return nil }
    hash = recorded >> Self.positionBits
  }

  /// What a table records for `position`.
  func recorded(at position: Int64) -> Int64 {
    hash << Self.positionBits | position & Self.mask
  }

  var text: String { hexText((0..<5).map { UInt8(truncatingIfNeeded: hash >> (32 - 8 * $0)) }) }

  /// The application whose version is the mark of where `application` stands.
  static func application(_ application: String) -> String { "mark:\(application)" }
}

/// Where a table stands in a log that it was made from.
struct Bookmark {
  /// The table.
  let reader: LakeTableName
  /// The log's table, and its folder.
  let log: String
  let folder: String
  /// How many entries were taken, or the number of the last.
  let position: Int64
  /// Nil where none was kept.
  let mark: LogMark?

  /// That the log has not come to `position`: it was restored from an older copy, or made anew.
  func wentBack() -> Fault {
    fault("has gone back: \(reader) was made from it up to \(position)")
  }

  /// Throws when the entry at the position, which `identity` names, is another than was taken; nil
  /// where the log no longer tells.
  func check(_ identity: String?) throws(Fault) {
    guard let mark, let identity, LogMark(identity) != mark else { return }
    throw fault("is not the log that \(reader) was made from: entry \(position) is another one")
  }

  private func fault(_ problem: String) -> Fault {
    let tool: ToolName =
      switch reader.schema {
      case "silver": .bronzeToSilver
      case "gold": .silverToGold
      default: reader.name.hasPrefix("dim_") ? .loadDimensions : .loadFacts
      }
    return Fault(
      .data, at: Place(folder), "\(log) \(problem)",
      remedy:
        "restore it from a newer copy, or make the table anew: \(tool) --full-refresh \(reader)")
  }
}
