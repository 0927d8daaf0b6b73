import Core

/// What is wrong with the bytes of a file, before anybody knows which file it is.
struct Damage: Error, Equatable {
  /// Whether the bytes are right but use what this library lacks.
  var isUnsupported = false
  /// Whether the bytes may be right but are more than a run may take.
  var isTooLarge = false
  var problem: String

  init(_ problem: String) { self.problem = problem }

  static func unsupported(_ problem: String) -> Damage {
    var damage = Damage(problem)
    damage.isUnsupported = true
    return damage
  }

  static func tooLarge(_ problem: String) -> Damage {
    var damage = Damage(problem)
    damage.isTooLarge = true
    return damage
  }

  /// The damage as a fault of `place`; `what` says which part, like "column 'a' at byte 4".
  func fault(at place: Place, _ what: String) -> Fault {
    Fault(
      .data, at: place, "\(what): \(problem)",
      remedy: remedy)
  }

  private var remedy: String {
    if isTooLarge { return "give the run more with --memory, if the file is right" }
    return isUnsupported
      ? "write the file without it" : "restore the file from where it came from"
  }
}
