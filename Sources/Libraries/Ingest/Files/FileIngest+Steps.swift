import Core

extension FileIngest.Outcome {
  /// How many files and records fared how, so that it can be told what the next file added.
  struct Tally {
    var known = 0
    var repeated = 0
    var alike = 0
    var changed = 0
    var waiting = 0
    var refused = 0
    var rejected = 0
  }

  var tally: Tally {
    Tally(
      known: known.count, repeated: repeated.count, alike: alike.count, changed: changed.count,
      waiting: waiting.count, refused: refused.count, rejected: rejectedCount)
  }

  /// What became of the file that was taken since `before`, for who follows the run.
  func words(since before: Tally) -> String {
    if known.count > before.known { return "passed over, it was taken before" }
    if repeated.count > before.repeated {
      return "passed over, its bytes were taken before under this name"
    }
    if waiting.count > before.waiting { return waiting.last.map(\.why) ?? "waits" }
    if refused.count > before.refused { return "refused" }
    let rejected = rejectedCount - before.rejected
    return (rejected > 0 ? "taken, \(counted(rejected, "record")) set aside" : "taken")
      + (changed.count > before.changed ? "; its name was taken with other bytes" : "")
      + (alike.count > before.alike ? "; its bytes were taken under another name" : "")
  }
}

extension FileSurvey {
  /// What was found in the file, for who follows the run.
  var words: String {
    "surveyed, \(counted(recordCount, "record")), \(badCount) bad"
      + (drift.isEmpty ? "" : ", its fields differ: \(drift.words.joined(separator: ", "))")
      + (trailer == nil ? "" : ", with a trailer")
  }
}
