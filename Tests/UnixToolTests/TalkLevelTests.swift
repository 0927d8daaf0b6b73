import Core
import TestSupport
import Testing

@Suite struct TalkLevelTests {
  private func talk(_ words: String) throws -> String {
    try ToolRun(
      program: "/bin/bash",
      ["-c", "tool='\(try ToolRun.path(of: "sample-tool"))'; \(words)"]
    ).talk
  }

  /// What stands for standard error in the variable.
  private static let name = "$(stat -L -c %d:%i /proc/$$/fd/2)"

  @Test func `where a run reads the talk, each line says how grave it is`() throws {
    let said = try talk("MEDALLION_TALK=\(Self.name) $tool -v talk")
    let lines = said.split(separator: "\n").map { TalkLevel.parted(Array($0.utf8)) }
    #expect(lines.map(\.level) == [.note, .note, .warning])
    #expect(lines.allSatisfy { $0.text.starts(with: "sample-tool:".utf8) }, "\(said)")
    let failure = try talk("MEDALLION_TALK=\(Self.name) $tool fail data")
    #expect(TalkLevel.parted(Array(failure.utf8)).level == .error)
  }

  @Test func `nobody else sees the marks`() throws {
    for words in [
      "$tool -v talk", "MEDALLION_TALK= $tool -v talk", "MEDALLION_TALK=1:2 $tool -v talk",
      "MEDALLION_TALK=\(Self.name) $tool -v talk 2>&1 | cat >&2",
    ] {
      let said = try talk(words)
      #expect(said.hasPrefix("sample-tool: a step\n"), "\(words): \(said)")
      #expect(!said.contains("\u{1}"), "\(words): \(said)")
    }
  }

  @Test func `words of others are taken for what they are`() {
    for text in ["", "\u{1}", "\u{1}<9>x", "<3>x", "x\u{1}<3>"] {
      let parted = TalkLevel.parted(Array(text.utf8))
      #expect(parted.level == nil && parted.text == Array(text.utf8), "\(text.debugDescription)")
    }
  }
}
