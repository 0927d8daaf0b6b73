import Core
import LakeSupport
import Stewardship
import TestSupport
import Testing

/// What becomes of entries over many looks.
@Suite struct CatalogMemoryTests {
  /// Looks again and again, each time a day later.
  private final class Story {
    var memory = CatalogMemory()
    var commits: [CatalogCommit] = []

    @discardableResult
    func look(
      _ entries: [CatalogEntry], blind: [CatalogLook.BlindSpot] = [], drops: [CatalogChange] = []
    ) -> [CatalogChange] {
      let look = CatalogLook(entries, blindSpots: blind)
      let changes = look.changes(since: memory) + drops
      if !changes.isEmpty {
        commits.append(
          CatalogCommit(
            version: Int64(commits.count), time: Sample.time(commits.count), runID: "",
            changes: changes))
        memory = CatalogMemory(commits)
      }
      return changes
    }

    func entry(_ name: String, _ entries: [CatalogEntry]) -> CatalogEntry? {
      Sample.catalog(entries, memory).entry(named: name)
    }
  }

  @Test func `a look at the same changes nothing`() {
    let story = Story()
    let entries = [Sample.entry("gold.a"), Sample.entry("gold.b")]
    #expect(story.look(entries).count == 2)
    #expect(story.look(entries).isEmpty)
    #expect(story.commits.count == 1)
  }

  @Test func `a table that is gone is missing, and dead only when a person says so`() throws {
    let story = Story()
    let (a, b) = (Sample.entry("gold.a"), Sample.entry("gold.b"))
    story.look([a, b])
    #expect(story.look([a]) == [.missing("gold.b")])
    #expect(story.look([a]).isEmpty)
    #expect(story.entry("gold.b", [a])?.standing == .missing)
    let catalog = Sample.catalog([a], story.memory)
    #expect(throws: Fault.self) {
      _ = try CatalogRemoval.changes(["gold.a"], by: "x", why: "y", in: catalog)
    }
    let drops = try CatalogRemoval.changes(["gold.b"], by: "x", why: "not read", in: catalog)
    story.look([a], drops: drops)
    #expect(story.entry("gold.b", [a])?.standing == .dropped)
    #expect(story.entry("gold.b", [a])?.past.dropped?.why == "not read")
    #expect(story.look([a]).isEmpty)
    let revived = story.look([a, b])
    #expect(revived == [.revived(EntryShape(b))])
    #expect(story.entry("gold.b", [a, b])?.standing == .there)
    #expect(story.entry("gold.b", [a, b])?.past.firstSeen == Sample.time(0))
  }

  @Test func `what cannot be read is neither missing nor renamed`() throws {
    let story = Story()
    let (a, b) = (Sample.entry("gold.a"), Sample.entry("gold.b", identity: "7"))
    story.look([a, b])
    let blind = [CatalogLook.BlindSpot("gold", "the disk is away")]
    let copy = Sample.entry("gold.c", identity: "7")
    let changes = story.look([copy], blind: blind)
    #expect(changes.contains(.unread("gold.a", why: "the disk is away")))
    #expect(changes.contains(.unread("gold.b", why: "the disk is away")))
    #expect(changes.contains(.appeared(EntryShape(copy))))
    let catalog = Sample.catalog([copy], story.memory, blind: blind)
    #expect(catalog.entry(named: "gold.b")?.standing == .notRead)
    #expect(catalog.entry(named: "gold.b")?.columns.map(\.name) == ["id"])
    #expect(throws: Fault.self) {
      _ = try CatalogRemoval.changes(["gold.b"], by: "x", why: "y", in: catalog)
    }
    #expect(story.look([a, b, copy]) == [.readAgain("gold.a"), .readAgain("gold.b")])
  }

  @Test func `a table of the same identity under another name was renamed`() {
    let story = Story()
    story.look([Sample.entry("gold.a", identity: "7"), Sample.entry("gold.b", identity: "8")])
    let entries = [Sample.entry("gold.b", identity: "8"), Sample.entry("gold.c", identity: "7")]
    let changes = story.look(entries)
    #expect(changes == [.renamed(from: "gold.a", EntryShape(entries[1]))])
    let entry = story.entry("gold.c", entries)
    #expect(entry?.past.formerNames == ["gold.a"])
    #expect(entry?.past.firstSeen == Sample.time(0))
    #expect(story.entry("gold.a", entries) == nil)
    #expect(story.look(entries).isEmpty)
    // A copy beside it is a table of its own.
    let copied = entries + [Sample.entry("gold.d", identity: "7")]
    #expect(story.look(copied) == [.appeared(EntryShape(copied[2]))])
  }

  @Test func `what is written down reads back the same`() throws {
    let folder = Workdir()
    let log = CatalogLog(lake: folder.file("lake"), files: LocalFileSystem())
    var entry = Sample.entry("gold.a \"<é", columns: ["id", "x.y"], identity: "7")
    entry.description = "line\nline"
    entry.owner = "a@example.org"
    entry.columns[0].terms = ["Net"]
    entry.columns[0].labels = ["email"]
    entry.schemaHistory = [.init(3, .ofTests, [.init("id", "STRING")])]
    let first = CatalogLook([entry]).changes(since: CatalogMemory())
    try log.append(first, after: -1, at: .ofTests, run: "r")
    let second: [CatalogChange] = [
      .missing("gold.b"), .dropped("gold.b", by: "me", why: "old"), .unread("gold.c", why: "away"),
      .readAgain("gold.c"), .renamed(from: "gold.x", EntryShape(entry)),
    ]
    try log.append(second, after: 0, at: Sample.time(1), run: "r")
    #expect(try log.commits().map(\.changes) == [first, second])
    let fault = try #require(throws: Fault.self) {
      try log.append(second, after: 0, at: .ofTests, run: "s")
    }
    #expect(fault.kind == .temporary)
  }

  @Test func `a state that is damaged is told, and not passed over`() throws {
    let folder = Workdir()
    let log = CatalogLog(lake: folder.file("lake"), files: LocalFileSystem())
    try log.append([.missing("a")], after: -1, at: .ofTests, run: "r")
    try folder.write("lake/_catalog/00000000000000000001.json", "{\"version\":1,")
    #expect(throws: Fault.self) { _ = try log.commits() }
  }
}
