/// How much of a view is made anew, and why, in words for who follows the run.
struct RefreshDecision {
  var scope: RefreshScope
  var why: String

  init(_ scope: RefreshScope, because why: String) {
    self.scope = scope
    self.why = why
  }
}

extension ViewInputs.Input {
  /// `silver.stores went from version 4 to 5`.
  func movement(since recorded: Int64?) -> String {
    guard let recorded else { return "\(name) was not read before" }
    return "\(name) went from \(snapshot == nil ? "position" : "version") \(recorded) to \(version)"
  }

  /// Why it cannot be told which rows of it changed.
  func silence(since recorded: Int64?) -> String {
    guard let recorded else { return movement(since: nil) }
    if snapshot == nil { return "\(movement(since: recorded)), and names no changed rows" }
    if recorded > version { return "\(name) was made anew" }
    return "\(movement(since: recorded)), and its log no longer tells what changed, "
      + "or its columns were changed"
  }
}
