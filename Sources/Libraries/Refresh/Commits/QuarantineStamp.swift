import Delta

/// What the files of a streaming table's quarantine tell of the step that set their rows aside, as
/// tags in the log: how far each stream was consumed with it, and by which refresh.
///
/// A step's rows are set aside in a commit before the one that brings its other rows into the
/// table. When a run dies between the two, the table does not know the step: the stamp tells so,
/// and the next run takes the rows away before the step is taken anew. A full refresh leaves the
/// rows of the refresh before where they are until all flows have been taken from their beginning.
struct QuarantineStamp {
  /// The application under which a streaming table counts its refreshes.
  static let refresh = "refresh"

  private static let prefix = "medallion."
  let refreshCount: Int64
  private let positions: [String: Int64]

  /// The stamp of the step that takes `microBatch` into a table that stands as `target`.
  init(_ microBatch: MicroBatch, into target: TableSummary?) {
    refreshCount = Self.refreshCount(of: target, after: microBatch.step)
    positions = Dictionary(
      microBatch.transactions.map { ($0.application, $0.version) }, uniquingKeysWith: max)
  }

  /// The stamp of rows that lost against others in `step`: they did, whatever becomes of the step.
  init(lostIn step: StreamStep, into target: TableSummary?) {
    refreshCount = Self.refreshCount(of: target, after: step)
    positions = [:]
  }

  /// The stamp of a file; one that has none is of before the first refresh.
  init(_ file: AddedFile) {
    var positions: [String: Int64] = [:]
    for (key, value) in file.tags ?? [:] where key.hasPrefix(Self.prefix) {
      positions[String(key.dropFirst(Self.prefix.count))] = value.flatMap { Int64($0) }
    }
    refreshCount = positions.removeValue(forKey: Self.refresh) ?? 0
    self.positions = positions
  }

  var tags: [String: String] {
    var tags = ["\(Self.prefix)\(Self.refresh)": "\(refreshCount)"]
    for (application, position) in positions {
      tags["\(Self.prefix)\(application)"] = "\(position)"
    }
    return tags
  }

  /// Whether the table as `target` does not know the step: the run that took it died.
  func isAhead(of target: TableSummary?) -> Bool {
    guard let target else { return true }
    let count = Self.refreshCount(of: target)
    if refreshCount != count { return refreshCount > count }
    return positions.contains { application, position in
      (target.transactionVersion(application) ?? -1) < position
    }
  }

  /// Whether it is of a refresh before the last that `target` knows of.
  func isOutdated(in target: TableSummary?) -> Bool {
    refreshCount < Self.refreshCount(of: target)
  }

  /// By how many refreshes a table that stands as `target` has been made.
  static func refreshCount(of target: TableSummary?) -> Int64 {
    target?.transactionVersion(refresh) ?? 0
  }

  /// By how many it will have been after a step.
  static func refreshCount(of target: TableSummary?, after step: StreamStep) -> Int64 {
    refreshCount(of: target) + (step.replacesTable ? 1 : 0)
  }
}
