import Core
import LakeJobs
import TestSupport
import Testing

/// What words of the business mean, and whose tables are.
@Suite struct GlossaryTests {
  private func glossary(_ files: [String: String]) throws -> Glossary {
    let folder = Workdir()
    for (name, text) in files { try folder.write("jobs/glossary/\(name)", text) }
    return try Glossary(jobs: folder.file("jobs"), fileSystem: LocalFileSystem())
  }

  @Test func `headings of the second level are terms, and the first titles the file`() throws {
    let glossary = try glossary([
      "sales.md": """
      ---
      owner: sales@example.org
      terms:
        Net amount: {columns: ['*.net_amount'], also: [net sales]}
      ---
      # Sales

      ## Net amount

      What was paid
      before tax.

      ### In detail
      Cents.

      ## Void ##
      Taken back.
      """
    ])
    #expect(glossary.terms.map(\.name) == ["Net amount", "Void"])
    let term = try #require(glossary.term(called: "NET SALES"))
    #expect(term.summary == "What was paid before tax.")
    #expect(term.text.contains("### In detail"))
    #expect(term.domain == "Sales")
    #expect(term.owner == "sales@example.org")
    #expect(term.place.line == 8)
    #expect(glossary.terms(ofColumn: "net_amount", in: "gold.sales") == [term])
    #expect(glossary.terms(ofColumn: "net", in: "gold.sales").isEmpty)
  }

  @Test func `headings of the first level are terms where there are no others`() throws {
    let glossary = try glossary(["a.md": "# One\nFirst.\n```\n# no heading\n```\n# Two\n"])
    #expect(glossary.terms.map(\.name) == ["One", "Two"])
    #expect(glossary.term(called: "two")?.text == "")
  }

  @Test func `the closest name says whose a table is and what it holds`() throws {
    let glossary = try glossary([
      "a.md": """
      ---
      owner: everyone@example.org
      tables: ['gold.*']
      columns: {'*.id': an id, gold.sales.id: the sale, 'gold.*.id': an id of gold}
      descriptions: {gold.sales: what was sold}
      ---
      """,
      "b.md": "---\nowner: sales@example.org\ndomain: Shop\ntables: [gold.sales]\n---\n",
    ])
    #expect(glossary.owner(of: "gold.sales") == "sales@example.org")
    #expect(glossary.owner(of: "gold.orders") == "everyone@example.org")
    #expect(glossary.owner(of: "silver.orders") == nil)
    #expect(glossary.domain(of: "gold.sales") == "Shop")
    #expect(glossary.description(ofTable: "gold.sales") == "what was sold")
    #expect(glossary.description(ofColumn: "id", in: "gold.sales") == "the sale")
    #expect(glossary.description(ofColumn: "id", in: "gold.orders") == "an id of gold")
    #expect(glossary.description(ofColumn: "id", in: "silver.orders") == "an id")
  }

  @Test(arguments: [
    ("## A\n\n## a\n", "3", "'a' is a term already"),
    ("---\nterms: {B: {}}\n---\n## A\n", "2:12", "there is no heading 'B' in this file"),
    ("---\nowners: x\n---\n## A\n", "2:1", "'owners' is not a key here"),
    ("---\nowner: x\n## A\n", "1", "what stands ahead of the text does not end"),
    ("##\ntext\n", "1", "a heading without words"),
  ])
  func `what is wrong is told with its place`(
    _ text: String, _ line: String, _ problem: String
  ) throws {
    let fault = try #require(throws: Fault.self) { _ = try glossary(["x.md": text]) }
    #expect(fault.kind == .configuration)
    #expect(fault.problem.hasPrefix(problem))
    #expect("\(try #require(fault.place))".hasSuffix("x.md:\(line)"))
  }

  @Test func `without the folder there are no words`() throws {
    #expect(try glossary([:]).terms.isEmpty)
  }
}
