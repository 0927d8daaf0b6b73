/// How much of a job folder a run must be able to read: what is wrong elsewhere does not stop it.
package enum JobScope: Sendable {
  /// `setup.sql` alone: what comes in raw needs no more.
  case setup
  /// The job files of one layer; those in the folders of other layers may be wrong.
  case layer(String)
  /// Whatever can be read: who only looks is told of the rest.
  case readable
  /// Everything.
  case whole

  private static let layers = ["silver", "gold", "warehouse"]

  /// Whether there is more to be read than `setup.sql`.
  var readsJobs: Bool { if case .setup = self { false } else { true } }

  /// Whether labels matter: silver publishes nothing.
  var readsLabels: Bool {
    switch self {
    case .setup: false
    case .layer(let layer): layer != "silver"
    case .readable, .whole: true
    }
  }

  /// Whether a run can go on though `file`, of the job folder `folder`, is wrong.
  func spares(_ file: String, of folder: String) -> Bool {
    switch self {
    case .setup, .whole: return false
    case .readable: return file != "\(folder)/setup.sql"
    case .layer(let layer):
      guard file.hasPrefix("\(folder)/") else { return false }
      let first = String(file.dropFirst(folder.utf8.count + 1).prefix { $0 != "/" })
      return first != layer && Self.layers.contains(first)
    }
  }
}
