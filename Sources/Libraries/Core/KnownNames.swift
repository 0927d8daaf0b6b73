/// The names that mean something at one place: a table's properties, the options of files, the keys
/// of a YAML mapping, the variables of the environment.
///
/// A name that nobody reads is a rule that does not hold or a table that is not loaded, and nobody
/// is told. So every place has its names here, and refuses all others with the nearest of them.
/// What is meant for another program goes under one of the `foreign` beginnings, and is kept.
package struct KnownNames: Sendable {
  /// Beginnings of names that other programs read, or people: Delta's, Spark's, one's own.
  package static let foreign = ["delta.", "spark.", "user.", "x."]

  /// What they are, with an article: `a property of a fact`.
  package let what: String
  /// The names, as they are listed.
  package let names: [String]
  /// Beginnings that a name of one's own follows: `expect.`.
  package let families: [String]
  private let isOpen: Bool
  private let ignoresCase: Bool

  /// `isOpen`: names with a foreign beginning pass; `ignoresCase`: in any letter case.
  package init(
    _ what: String, _ names: [String], families: [String] = [], isOpen: Bool = false,
    ignoresCase: Bool = false
  ) {
    self.what = what
    self.names = names
    self.families = families
    self.isOpen = isOpen
    self.ignoresCase = ignoresCase
  }

  /// Whether `name` means something here, or is another's.
  package func contains(_ name: String) -> Bool {
    if names.contains(name) { return true }
    if ignoresCase, names.contains(where: { $0.lowercased() == name.lowercased() }) { return true }
    let beginnings = families + (isOpen ? Self.foreign : [])
    return beginnings.contains { name.hasPrefix($0) && name.utf8.count > $0.utf8.count }
  }

  /// Refuses a name that means nothing here.
  package func check(_ name: String, at place: Place?) throws(Fault) {
    if !contains(name) { throw fault(name, at: place) }
  }

  /// That `name` means nothing here, with what may have been meant.
  package func fault(_ name: String, at place: Place?) -> Fault {
    Fault(.configuration, at: place, "'\(name)' is not \(what)", remedy: remedy(for: name))
  }

  /// What to write instead of `name`.
  package func remedy(for name: String) -> String {
    if let near = nearest(to: name) { return "did you mean '\(near)'?" }
    let all = names + families.map { "\($0)<name>" }
    let own = isOpen ? "write 'x.\(name)' if it is not for these tools" : "take it out"
    return all.isEmpty ? own : "use one of \(all.joined(separator: ", "))"
  }

  /// The name that `name` is a slip of; nil when none is near.
  package func nearest(to name: String) -> String? {
    let whole = names.map { ($0, Suggestion.slips(from: name, to: $0)) }
    let begun = families.compactMap { family -> (String, Int)? in
      guard let cut = name.firstIndex(of: "."), name.index(after: cut) < name.endIndex else {
        return nil
      }
      let rest = name[name.index(after: cut)...]
      return ("\(family)\(rest)", Suggestion.slips(from: String(name[...cut]), to: family))
    }
    let best = (whole + begun).min { $0.1 < $1.1 }
    guard let best, best.1 > 0 || best.0 != name else { return nil }
    return best.1 <= max(1, name.utf8.count / 3) ? best.0 : nil
  }
}
