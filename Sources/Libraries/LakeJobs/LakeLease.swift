package import Core

/// Whose turn it is to write, where a lake has a standby on another machine.
///
///     /shared/lease    south 4             who holds it, and how often it has passed on
///     <lake>/_lease    north 3             what the lake has; then where the shared one lies
///                      /shared/lease
///
/// The one in the shared place says who holds the lease, and counts how often it has passed on. A
/// lake whose own lease is of an earlier term, or another holder's, is fenced: its tools end with
/// 77.
package struct LakeLease: Sendable, Equatable {
  package var holder: String
  package var term: Int64

  package init(holder: String, term: Int64) {
    self.holder = holder
    self.term = term
  }

  /// Where a lake says which lease it has.
  package static func path(inLake lake: String) -> String { "\(lake)/_lease" }

  private var line: String { "\(holder) \(term)\n" }

  /// The lease in the shared file at `path`; nil when nobody has taken one yet.
  package static func shared(
    at path: String, _ files: any FileSystem
  ) throws(Fault) -> LakeLease? {
    try files.exists(path) ? try read(path, files).lease : nil
  }

  /// The lease that a file tells of, and where the shared one lies, if it tells that.
  private static func read(
    _ path: String, _ files: any FileSystem
  ) throws(Fault) -> (lease: LakeLease, place: String?) {
    let lines = String(decoding: try files.read(path, limit: 1 << 16), as: UTF8.self)
      .split(separator: "\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 2, let term = Int64(words[1]) else {
      throw Fault(
        .configuration, at: Place(path), "this is no lease",
        remedy: "have the right machine take over: restore --take-over")
    }
    return (
      LakeLease(holder: String(words[0]), term: term), lines.dropFirst().first.map(String.init)
    )
  }

  /// Throws `.denied` when the lease of the lake at `lake` has passed on, `.temporary` when that
  /// cannot be told. A lake without a lease is nobody's standby, and goes on.
  package static func check(lake: String, _ files: any FileSystem) throws(Fault) {
    let path = path(inLake: lake)
    guard try files.exists(path) else { return }
    let (own, place) = try read(path, files)
    guard let place, let now = try shared(at: place, files) else {
      throw Fault(
        .temporary, at: Place(path), "it cannot be told whether another machine has taken over",
        remedy: "see whether the shared place can be reached, and run again")
    }
    guard now != own else { return }
    throw Fault(
      .denied, at: Place(path),
      "'\(now.holder)' has taken over (term \(now.term)); this lake is '\(own.holder)' of term "
        + "\(own.term)",
      remedy: "work there; to come back, follow it and run 'restore --take-over' here")
  }

  /// Takes the lease in the shared file at `path` for the lake at `lake`, in the name of `holder`:
  /// from then on every other lake that has had it is fenced. The shared file first: of two who
  /// try, the later one has it.
  package static func take(
    at path: String, for lake: String, as holder: String, _ files: any FileSystem
  ) throws(Fault) -> LakeLease {
    try NameRule.check(folder: holder, "a holder of a lease", at: nil)
    guard !holder.contains(" ") else {
      throw Fault(.usage, "a holder's name has no blanks", remedy: "name it with letters and -")
    }
    let lock = try files.lock("\(path).lock", patience: .seconds(10))
    defer { lock.unlock() }
    let lease = LakeLease(holder: holder, term: (try shared(at: path, files)?.term ?? 0) + 1)
    try files.replace(path, Array(lease.line.utf8))
    try lease.write(to: lake, sharedAt: path, files)
    return lease
  }

  /// Has the lake at `lake` say that it has this lease.
  package func write(
    to lake: String, sharedAt place: String, _ files: any FileSystem
  ) throws(Fault) {
    try files.replace(LakeLease.path(inLake: lake), Array("\(line)\(place)\n".utf8))
  }

  /// The lease of the lake at `lake`; nil when it has none.
  package static func own(
    ofLake lake: String, _ files: any FileSystem
  ) throws(Fault) -> LakeLease? {
    let path = path(inLake: lake)
    return try files.exists(path) ? try read(path, files).lease : nil
  }
}
