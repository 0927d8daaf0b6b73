import Core
import TestSupport
import Testing

/// A harness that finds nothing says nothing: a target that misbehaves on purpose must be found.
@Suite struct HarnessTests {
  private let folder = Workdir()

  private func fuzz(_ arguments: String...) throws -> ToolRun {
    try ToolRun(
      "fuzz", arguments + ["--findings", folder.path, "--patience", "2", "--memory", "2000"])
  }

  /// Inputs that were kept, as texts.
  private func kept() throws -> [String: String] {
    let names = try LocalFileSystem().list(folder.path).filter { !$0.hasSuffix(".txt") }
    return try Dictionary(uniqueKeysWithValues: names.map { (try folder.read($0), $0) })
  }

  @Test func `each way to end badly is found, kept and found again`() throws {
    let run = try fuzz("self-test", "--seed", "5", "--runs", "6")
    #expect(run.status == 1, "\(run.text)\(run.talk)")
    let kept = try kept()
    #expect(kept.keys.sorted() == ["disagree", "eat", "hang", "internal", "trap"])
    #expect(run.text.contains("input 2 takes too long"))
    #expect(run.text.contains("two readings differ"))
    #expect(run.text.contains("self-test: 6 inputs, 0 read to the end, 5 findings"))
    for (text, name) in kept {
      let again = try fuzz("self-test", "--replay", folder.file(name))
      #expect(text == "disagree" || text == "internal" ? again.status == 1 : again.status > 128)
    }
  }

  @Test func `a target that behaves has no findings`() throws {
    let run = try fuzz("json-values", "--seed", "5", "--runs", "200")
    #expect(run.status == 0, "\(run.text)\(run.talk)")
    #expect(run.text.contains("json-values: 200 inputs, "))
    // A harness whose inputs are all refused would find nothing either.
    #expect(!run.text.contains(" 0 read") && run.text.contains(", 0 findings"))
    #expect(try kept().isEmpty)
  }

  @Test func `what is no target is a wrong call`() throws {
    #expect(try fuzz("nonsense").status == 64)
  }

  @Test func `calls are answered with their types, or not taken`() throws {
    let lines = ["a INT, s STRING", "a + 1.5", "upper(s)", "sum(a)", "a + array()", "nonsense("]
    let run = try ToolRun(
      "fuzz", ["--types"], input: Array((lines.joined(separator: "\n") + "\n").utf8))
    #expect(run.text == "decimal(12,1)\nstring\nbigint\n!\n!\n", "\(run.talk)")
  }
}
