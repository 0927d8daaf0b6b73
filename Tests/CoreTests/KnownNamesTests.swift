import Core
import TestSupport
import Testing

/// Which names mean something at a place, and what is told of the others.
@Suite struct KnownNamesTests {
  private static let names = KnownNames(
    "a property of a fact", ["fact", "key", "keep", "snapshot.by", "keyed_hash"],
    families: ["lookup.", "expect."], isOpen: true)

  @Test(arguments: [
    "key", "lookup.store_key", "expect.x", "x.owner", "user.a.b", "spark.x", "delta.appendOnly",
  ])
  func `names, families and beginnings of others pass`(_ name: String) throws {
    try Self.names.check(name, at: nil)
  }

  @Test(arguments: [
    ("keyed_hsah", "did you mean 'keyed_hash'?"), ("Key", "did you mean 'key'?"),
    ("exepct.priced", "did you mean 'expect.priced'?"),
    ("snapshotby", "did you mean 'snapshot.by'?"),
    ("lookups.a.b", "did you mean 'lookup.a.b'?"), ("fct", "did you mean 'fact'?"),
    (
      "compaction",
      "use one of fact, key, keep, snapshot.by, keyed_hash, lookup.<name>, expect.<name>"
    ),
    ("lookup.", "did you mean 'keep'?"), ("x.", "use one of fact"), ("", "use one of fact"),
  ])
  func `another name is told with what may have been meant`(_ name: String, _ remedy: String) {
    let fault = #expect(throws: Fault.self) {
      try Self.names.check(name, at: Place("a.sql", line: 3))
    }
    #expect(fault?.problem == "'\(name)' is not a property of a fact")
    #expect(fault?.kind == .configuration && fault?.place?.line == 3)
    if name != "lookup." { #expect(fault?.remedy.hasPrefix(remedy) == true, "\(fault)") }
  }

  @Test(arguments: 1...50)
  func `one slip of the hand is always understood`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let name = try #require(["snapshot.by", "keyed_hash"].randomElement(using: &random))
    var letters = Array(name)
    let place = Int.random(in: 0..<letters.count - 1, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: letters.remove(at: place)
    case 1: letters.insert("q", at: place)
    case 2: letters[place] = "q"
    default: letters.swapAt(place, place + 1)
    }
    if String(letters) == name { return }
    #expect(Self.names.nearest(to: String(letters)) == name, "seed \(seed): \(String(letters))")
  }

  @Test func `letter case counts unless it is said that it does not`() throws {
    let options = KnownNames("an option", ["multiLine"], ignoresCase: true)
    #expect(options.contains("MULTILINE") && !options.contains("x.a"))
    #expect(options.fault("multilin", at: nil).remedy == "did you mean 'multiLine'?")
    #expect(KnownNames("a key here", []).fault("x.a", at: nil).remedy == "take it out")
  }
}
