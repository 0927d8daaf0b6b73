// Core: what every other library stands on, and what Swift's own library lacks.
//
// On the floor are faults and places, exact decimals, digests, and numbers read from text by
// Spark's rules. Above it are the rooms, in this order: `Time` (days, instants, spans), `Threads`
// (work on several of them that comes back in order), `Files` (the one door to the disk, which a
// test can make fail at any step), `Programs` (others that are started, and what they may know),
// `Masking` (secrets that no text leaves with), `Runs` (what a run knows of itself: its time, its
// identity, who follows its steps).
//
// Begin with `Fault`, then `FileSystem`. Core knows nothing of tables, formats or tools.

/// An error a person can act on: what kind, where, what is wrong, how to mend it.
///
/// `problem` and `remedy` are lower case without a full stop; a tool prints
/// `tool:place: problem; remedy` and ends with the status of `kind`.
package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
  /// What a caller can decide on; each kind has one exit status (`UnixTool.ExitStatus`).
  package enum Kind: String, Equatable, Sendable {
    /// The data did not pass a rule; nothing was published (1).
    case verdict
    /// The call was wrong (64).
    case usage
    /// Input bytes are damaged beyond what is allowed (65).
    case data
    /// An input does not exist (66).
    case missing
    /// An invariant of ours broke (70).
    case `internal`
    /// An output cannot be created (73).
    case cannotCreate
    /// Reading or writing failed (74).
    case io
    /// Try again later: a lock is held, a server is away, another writer was first (75).
    case temporary
    /// Policy forbids it (77).
    case denied
    /// A job file, a setting or remembered state is wrong (78).
    case configuration
  }

  package var kind: Kind
  package var place: Place?
  package var problem: String
  package var remedy: String

  package init(_ kind: Kind, at place: Place? = nil, _ problem: String, remedy: String) {
    self.kind = kind
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  /// `place: problem; remedy`.
  package var description: String {
    let prefix = place.map { "\($0): " } ?? ""
    return "\(prefix)\(problem); \(remedy)"
  }

  /// There is no memory left for `what`.
  package static func outOfMemory(_ what: String, at place: Place? = nil) -> Fault {
    Fault(
      .io, at: place, "no memory is left for \(what)",
      remedy: "free some memory, or allow more to this process")
  }

  /// The same fault, placed at `place` unless it already knows where it stands.
  package func placed(at place: Place) -> Fault {
    guard self.place == nil else { return self }
    var fault = self
    fault.place = place
    return fault
  }
}
