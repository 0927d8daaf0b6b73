import Core
import Testing

@testable import YAML

@Suite struct YAMLFileTests {
  private func root(_ text: String) throws -> YAMLValue {
    try YAMLFile([UInt8](text.utf8), path: "a.yml").root
  }

  private func fault(_ text: String) -> String? {
    do {
      _ = try root(text).members()
      return nil
    } catch let fault as Fault {
      return "\(fault.place.map { "\($0)" } ?? ""): \(fault.problem)"
    } catch {
      return "\(error)"
    }
  }

  @Test func `members keep their order and know their places`() throws {
    let members = try root("# first\nb: 1\na:\n  - x\n  - 'y'\n").members()
    #expect(members.map(\.key) == ["b", "a"])
    #expect(try members[0].value.integer() == 1)
    #expect(try members[1].value.texts() == ["x", "y"])
    #expect(try members[1].value.list()[1].place == Place("a.yml", line: 5, column: 5))
  }

  @Test func `flow style, folded text, anchors and umlauts are read`() throws {
    let text = "a: &keys [ä, \"b c\"]\nb: *keys\nc: >\n  one\n  two\nd: {e: f}\n"
    let members = try root(text).members(allowed: ["a", "b", "c", "d"])
    #expect(try members["b"]?.texts() == ["ä", "b c"])
    #expect(try members["c"]?.text() == "one two\n")
    #expect(try members["d"]?.members().map(\.key) == ["e"])
  }

  @Test func `nothing is a null, and a quoted word is not`() throws {
    #expect(try root("").isNull)
    #expect(try root("# only a comment\n").members().isEmpty)
    let members = try root("a:\nb: ~\nc: 'null'\nd: null\n").members()
    #expect(members.map { $0.value.isNull } == [true, true, false, true])
  }

  @Test func `a fault says where`() {
    #expect(
      fault("a: 1\nb: c: d\n")
        == "a.yml:2:5: not valid YAML: mapping values are not allowed in this context")
    #expect(fault("a: 1\nb: 2\na: 3\n") == "a.yml:3:1: 'a' is given twice")
    #expect(fault("a: 1\n---\nb: 2\n") == "a.yml:2:1: a second document begins here")
    #expect(fault("- a\n") == "a.yml:1:1: this is not a mapping")
    #expect(fault("a: [1\n")?.hasPrefix("a.yml:2:1: not valid YAML: ") == true)
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: Fault.self) { try YAMLFile([0x61, 0x3A, 0x20, 0xFF, 0xFE], path: "a.yml") }
  }

  @Test func `a tree without end is refused`() {
    #expect(fault("a: &a [*a]\n")?.hasSuffix("repeats itself without end") == true)
    var text = "a0: &a0 x\n"
    for level in 1...9 {
      let again = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(again)]\n"
    }
    #expect(fault(text)?.hasSuffix("repeats itself without end") == true)
  }
}
