import Core
import TestSupport
import Testing

@Suite struct ProgressTests {
  private func bash(_ words: String) throws -> ToolRun {
    try ToolRun(
      program: "/bin/bash",
      ["-c", "tool='\(try ToolRun.path(of: "sample-tool"))'; \(words)"])
  }

  private static let hasTerminals = (try? LocalFileSystem().exists("/usr/bin/script")) ?? false

  @Test(.enabled(if: hasTerminals, "there is no 'script' to make a terminal with"))
  func `long work says on a terminal how far it is, how fast it goes and how long it takes`()
    throws
  {
    let run = try bash(#"script -qec "$tool work" /dev/null"#)
    #expect(run.status == 0)
    let lines = run.text.split(separator: "\r\u{1B}[K").filter { $0.contains("at step") }
    let pattern = /sample-tool: at step \d+, \d+ steps\/s, \d+ s to go \(\d+ of 160 steps done\)/
    #expect(lines.count > 1 && lines.count < 40)
    for line in lines { #expect(line.wholeMatch(of: pattern) != nil, "\(line)") }
    // Nothing of it is left where the prompt comes.
    #expect(run.text.hasSuffix("\r\u{1B}[K"), "\(run.text.suffix(20))")
  }

  @Test func `elsewhere nothing is said of it`() throws {
    #expect(try ToolRun("sample-tool", ["work"]).talk == "")
  }

  @Test func `who asks by a signal is told, and the work goes on`() throws {
    let run = try bash("$tool -q work & sleep 1.5; kill -USR1 $!; wait $!")
    #expect(run.status == 0)
    let pattern = /sample-tool: at step \d+, \d+ steps\/s, .* of 160 steps done\), \d+ s so far\n/
    #expect(run.talk.wholeMatch(of: pattern) != nil, "\(run.talk)")
  }

  @Test func `what is asked before there is anything to tell is answered`() throws {
    let run = try bash("sleep 3 | $tool lines & sleep 1; kill -USR1 $!; wait $!")
    #expect(run.status == 0)
    #expect(run.talk.hasPrefix("at work, "))
  }
}
