import Core

extension EventIngest.Input {
  /// What messages call it.
  var name: String {
    switch self {
    case .file(let path): path
    case .stream(let name, _): name
    }
  }
}

extension EventIngest.Outcome {
  /// How many inputs and lines fared how, so that it can be told what the next input added.
  struct Tally {
    var known = 0
    var repeatedInputs = 0
    var unfinished = 0
    var empty = 0
    var changed = 0
    var refused = 0
    var accepted = 0
    var rejected = 0
    var repeated = 0
  }

  var tally: Tally {
    Tally(
      known: known.count, repeatedInputs: repeated.count, unfinished: unfinished.count,
      empty: empty.count, changed: changed.count, refused: refused.count, accepted: acceptedCount,
      rejected: rejectedCount, repeated: repeatedCount)
  }

  /// What became of the input that was taken since `before`, for who follows the run.
  func words(since before: Tally) -> String {
    if known.count > before.known { return "passed over, it was taken before" }
    if repeated.count > before.repeatedInputs {
      return "passed over, its bytes were taken before"
    }
    if unfinished.count > before.unfinished {
      return "passed over, it has the name of an unfinished upload"
    }
    if empty.count > before.empty { return "passed over, there is no line in it" }
    if refused.count > before.refused { return "refused" }
    let accepted = acceptedCount - before.accepted
    let rejected = rejectedCount - before.rejected
    let repeated = repeatedCount - before.repeated
    return "\(counted(accepted + rejected, "line")): \(accepted) taken, \(rejected) set aside"
      + (repeated > 0 ? ", besides \(repeated) that were read before" : "")
      + (changed.count > before.changed ? "; its name was taken with other bytes" : "")
  }
}
