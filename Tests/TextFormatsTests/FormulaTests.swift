import Testing
import TextFormats

@Suite struct FormulaTests {
  private func cell(_ text: String?, escapesFormulas: Bool = true) -> String {
    String(
      CSVWriter.text(["c"], [[text]], escapesFormulas: escapesFormulas).dropFirst(2).dropLast())
  }

  @Test func `a text that a spreadsheet would compute is marked as a text`() {
    for text in [
      "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\tx", "\rx", "\n=1", "＝1", "-", "+",
    ] {
      #expect(cell(text) == "\"'\(text)\"", "\(text)")
    }
    #expect(cell("=\"x\"") == "\"'=\"\"x\"\"\"")
  }

  @Test func `numbers and plain texts stay, and no cell begins within one`() {
    for text in ["-12.50", "+3", "-1", "a=b", "1-2", "'=x", "x@y.org"] {
      #expect(cell(text) == text)
    }
    #expect(cell("a;=1") == "\"a;=1\"")
    #expect(cell(nil) == "" && cell("") == "\"\"")
  }

  @Test func `data are written as they are`() {
    #expect(cell("=1+1", escapesFormulas: false) == "=1+1")
    #expect(cell("a;=1", escapesFormulas: false) == "a;=1")
  }
}
