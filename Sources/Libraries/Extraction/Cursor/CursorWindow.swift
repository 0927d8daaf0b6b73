import Core
import LakeJobs

/// The part of a cursor's order that a run reads: both ends belong to it.
struct CursorWindow {
  let kind: CursorState.Kind
  /// Nil: from the beginning.
  var low: Int64?
  /// Nil: to the end.
  let high: Int64?

  /// Local clocks go back for an hour, and two zones lie apart by less than this.
  private static let zoneLag = 15 * hour
  private static let hour = 3_600 * Timestamp.microsecondsPerSecond

  /// The window of `table` behind `low`, as far as `source` may be read.
  init(_ kind: CursorState.Kind, behind low: Int64?, _ table: CursorTable, in source: CursorSource)
  {
    self.kind = kind
    high = kind == .time ? source.bound.microseconds : nil
    let low = low == .min ? nil : low
    let lag = Int64(table.settings.lag)
    switch kind {
    case .number: self.low = low.map { $0.saturatingSubtract(lag &* CursorWindow.second(at: $0)) }
    case .time:
      let zoneLag = table.zone == nil ? 0 : CursorWindow.hour
      // A lag has no more seconds than fit.
      let late = lag &* Timestamp.microsecondsPerSecond
      self.low = low.map { $0.saturatingSubtract(late).saturatingSubtract(zoneLag) }
    }
  }

  /// What a second counts in numbers of the size of `place`: those in which databases keep time are
  /// seconds, milliseconds or microseconds since 1970, and of others the lag counts ones.
  private static func second(at place: Int64) -> Int64 {
    switch place {
    case 100_000_000_000..<100_000_000_000_000: 1_000
    case 100_000_000_000_000...: 1_000_000
    default: 1
    }
  }

  /// Whether a row at `position` was taken by an earlier window.
  func isBefore(_ position: Int64) -> Bool { low.map { position < $0 } ?? false }

  /// Whether a row at `position` is left to a later window.
  func isAfter(_ position: Int64) -> Bool { high.map { position > $0 } ?? false }

  /// A condition that holds for all rows of the window and for those without a position, and keeps
  /// most of the others at the source: what stands at a place exactly is told by its text.
  func condition(_ table: CursorTable, in source: CursorSource) -> String? {
    guard let low else { return nil }
    let names = table.cursors.map { source.quoted(table.columns[$0].name) }
    let isUnset = names.map { "\($0) IS NULL" }.joined(separator: " AND ")
    let parts = zip(names, table.cursors).map { name, column in
      source.isTyped
        ? typed(name, table.columns[column].declaredType, low) : stored(name, low)
    }
    return (parts + ["(\(isUnset))"]).joined(separator: " OR ")
  }

  private func typed(_ name: String, _ type: String, _ low: Int64) -> String {
    if kind == .number { return "\(name) >= \(low)" }
    // A local time is in whatever zone: the most that zones lie apart comes off.
    let isLocal = type != "timestamp with time zone" && !type.hasSuffix("with time zone")
    let from = Timestamp(microseconds: isLocal ? low.saturatingSubtract(CursorWindow.zoneLag) : low)
    let value = isLocal ? "\(from.date)" : "\(from)"
    return "\(name) >= '\(value)' OR \(name) = '-infinity'"
  }

  /// SQLite holds what it is given: what is not of the kind is read too.
  private func stored(_ name: String, _ low: Int64) -> String {
    switch kind {
    case .number: return "\(name) >= \(low) OR typeof(\(name)) NOT IN ('integer', 'null')"
    case .time:
      let day = Timestamp(microseconds: low.saturatingSubtract(CursorWindow.zoneLag)).date
      return "\(name) >= '\(day)' OR typeof(\(name)) NOT IN ('text', 'null') "
        + "OR \(name) NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-*'"
    }
  }
}
