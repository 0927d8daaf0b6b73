import Core
import LakeJobs
import LakeSupport
import Stewardship
import TestSupport
import Testing

/// What is searched, checked and compared.
@Suite struct CatalogAnswerTests {
  private func glossary() throws -> Glossary {
    let folder = Workdir()
    try folder.write(
      "jobs/glossary/a.md",
      """
      ---
      terms: {Net amount: {columns: [gold.sales.net], also: [turnover]}}
      ---
      ## Net amount
      What was paid.
      ## Nobody's word
      """)
    return try Glossary(jobs: folder.file("jobs"), fileSystem: LocalFileSystem())
  }

  private func catalog() throws -> TableCatalog {
    var sales = Sample.entry("gold.sales", columns: ["net", "day"])
    sales.owner = "sales@example.org"
    sales.description = "what was sold"
    sales.columns[0].terms = ["Net amount"]
    sales.columns[0].description = "paid"
    sales.columns[1].terms = ["Net amont"]
    return Sample.catalog([sales, Sample.entry("gold.stock")], CatalogMemory(), try glossary())
  }

  @Test func `all words must stand there, and names come before descriptions`() throws {
    let catalog = try catalog()
    func names(_ words: String...) -> [String] {
      CatalogSearch(words, in: catalog).hits.map { hit in
        switch hit {
        case .entry(let entry): entry.name
        case .column(let entry, let column): "\(entry.name).\(column.name)"
        case .term(let term): term.name
        }
      }
    }
    #expect(names("SALES").first == "gold.sales")
    #expect(names("turnover") == ["Net amount", "gold.sales.net"])
    #expect(names("turnover", "stock").isEmpty)
    #expect(names("").isEmpty)
  }

  @Test func `what is not said is found, as the policy has it`() throws {
    let catalog = try catalog()
    let check = CatalogCheck(catalog, CatalogPolicy())
    func subjects(_ rule: CatalogPolicy.Rule) -> [String] {
      check.findings.filter { $0.rule == rule }.map(\.subject)
    }
    #expect(subjects(.tableWithoutOwner) == ["gold.stock"])
    #expect(subjects(.tableWithoutDescription) == ["gold.stock"])
    #expect(subjects(.columnWithoutDescription) == ["gold.sales.day", "gold.stock.id"])
    #expect(subjects(.unusedTerm) == ["Nobody's word"])
    #expect(subjects(.unknownTerm) == ["gold.sales.day"])
    #expect(subjects(.termWithoutText) == ["Nobody's word"])
    #expect(check.failed)
    let folder = Workdir()
    let ignored = CatalogPolicy.Rule.allCases.map { "  \($0.rawValue): ignore\n" }.joined()
    try folder.write("jobs/catalog.yml", "check:\n\(ignored)")
    let lenient = try CatalogPolicy(jobs: folder.file("jobs"), fileSystem: LocalFileSystem())
    #expect(CatalogCheck(catalog, lenient).findings.isEmpty)
    try folder.write("jobs/catalog.yml", "except: {table_without_owner: ['gold.*']}")
    let excepted = try CatalogPolicy(jobs: folder.file("jobs"), fileSystem: LocalFileSystem())
    #expect(excepted.level(of: .tableWithoutOwner, for: "gold.stock") == .ignore)
    #expect(excepted.level(of: .tableWithoutOwner, for: "silver.stock") == .error)
    try folder.write("jobs/catalog.yml", "check: {missing: loud}")
    #expect(throws: Fault.self) {
      _ = try CatalogPolicy(jobs: folder.file("jobs"), fileSystem: LocalFileSystem())
    }
  }

  @Test func `a difference says what appeared, changed and vanished`() throws {
    let before = [
      Sample.entry("gold.a", columns: ["x", "y"]), Sample.entry("gold.b", identity: "7"),
      Sample.entry("gold.c"),
    ]
    var commits = [
      CatalogCommit(
        version: 0, time: .ofTests, runID: "",
        changes: CatalogLook(before).changes(since: CatalogMemory()))
    ]
    var a = Sample.entry("gold.a", columns: ["x", "z"])
    a.owner = "o"
    let now = [a, Sample.entry("gold.d", identity: "7"), Sample.entry("gold.e")]
    let memory = CatalogMemory(commits)
    let difference = try CatalogDifference(
      Sample.catalog(now, memory), commits, since: .version(0))
    #expect(
      difference.items.map { "\($0.kind.rawValue) \($0.name)" } == [
        "changed gold.a", "missing gold.c", "renamed gold.d", "appeared gold.e",
      ])
    #expect(
      difference.items[0].details == [
        "owner: none → o", "column z appeared: STRING", "column y vanished",
      ])
    // What was written down since makes no other answer.
    commits.append(
      CatalogCommit(
        version: 1, time: Sample.time(1), runID: "",
        changes: CatalogLook(now).changes(since: memory)))
    let later = try CatalogDifference(
      Sample.catalog(now, CatalogMemory(commits)), commits, since: .time(.ofTests))
    #expect(later.items == difference.items)
    let none = try CatalogDifference(
      Sample.catalog(now, CatalogMemory(commits)), commits, since: .version(1))
    #expect(none.items.isEmpty)
    #expect(throws: Fault.self) {
      _ = try CatalogDifference(Sample.catalog(now, memory), commits, since: .version(9))
    }
  }

  @Test func `a name may leave out what is unambiguous`() throws {
    let catalog = Sample.catalog([
      Sample.entry("gold.sales"), Sample.entry("silver.stock"), Sample.entry("gold.stock"),
    ])
    #expect(try catalog.find("SALES.ID").column?.name == "id")
    #expect(try catalog.find("sales").entry.name == "gold.sales")
    #expect(throws: Fault.self) { _ = try catalog.find("stock") }
    let fault = try #require(throws: Fault.self) { _ = try catalog.find("gold.slaes") }
    #expect(fault.remedy.contains("gold.sales"))
  }
}
