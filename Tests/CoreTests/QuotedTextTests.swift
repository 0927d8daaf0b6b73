import Core
import Testing

@Suite struct QuotedTextTests {
  private static let hostile = [
    "$(touch x)", "`touch x`", "a;b", "a'b", "a\"b", "a\\b", "a\nb", "a b", "%%{init: {}}%%",
    "'\u{301};touch x", "\"\u{301}", "$\u{301}(x)", "</script><b>", "a|b", "#quot;", "-->|x|",
    "]] --> n9", "\u{1B}[31m", "\u{202E}x",
  ]

  @Test func `a word of a shell is itself`() {
    #expect(quotedForShell("valid_tax-1.x") == "valid_tax-1.x")
    #expect(quotedForShell("") == "''")
    #expect(quotedForShell("'\u{301};x") == "''\\''\u{301};x'")
    #expect(quotedForShell("it's $(x)") == "'it'\\''s $(x)'")
  }

  @Test func `make expands nothing of a name, and no name ends the list of names`() {
    #expect(quotedForMake("a b:c#d") == "a\\ b\\:c\\#d")
    for name in Self.hostile {
      let text = substituting("$", in: quotedForMake(name), with: "").unicodeScalars
      let dollars = quotedForMake(name).unicodeScalars.count - text.count
      #expect(dollars == 2 * name.unicodeScalars.count { $0 == "$" }, "\(name)")
      #expect(!text.contains(";") && !text.contains("\n"), "\(name)")
    }
    #expect(quotedForRecipe("echo $HOME\nrm x") == "echo $$HOME rm x")
  }

  @Test(arguments: hostile) func `a picture's text ends where its quotes do`(_ text: String) {
    let graphviz = quotedForGraphviz(text).dropFirst().dropLast()
    var isEscaped = false
    for scalar in graphviz.unicodeScalars {
      #expect(scalar != "\"" || isEscaped)
      isEscaped = scalar == "\\" && !isEscaped
    }
    #expect(!isEscaped && !graphviz.unicodeScalars.contains("\n"))
    let mermaid = quotedForMermaid(text).dropFirst().dropLast()
    let signs = "\"<>%{}[]|`()\n".unicodeScalars
    #expect(!mermaid.unicodeScalars.contains { signs.contains($0) }, "\(mermaid)")
    #expect(!graphviz.contains("\u{1B}") && !mermaid.contains("\u{202E}"))
  }
}
