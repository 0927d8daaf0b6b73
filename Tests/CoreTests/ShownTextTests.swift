import Core
import Testing

@Suite struct ShownTextTests {
  @Test(arguments: [
    ("plain äöü € 日本 👩‍👩‍👧", "plain äöü € 日本 👩‍👩‍👧"), ("\u{1B}[2J", #"\u001b[2J"#),
    ("a\nb\r\tc", #"a\nb\r\tc"#), ("\u{1B}]0;t\u{7}", #"\u001b]0;t\u0007"#),
    ("\u{7F}\u{9B}31m", #"\u007f\u009b31m"#), ("a\u{202E}b\u{2066}", #"a\u202eb\u2066"#),
    ("x\u{2028}y\u{85}", #"x\u2028y\u0085"#), ("\u{FEFF}\u{200F}", #"\ufeff\u200f"#),
    ("a\u{206E}b\u{FFF9}", #"a\u206eb\ufff9"#), ("\0", #"\u0000"#), ("", ""),
  ])
  func `what a terminal would obey is spelled out`(_ text: String, _ wanted: String) {
    #expect(shown(text) == wanted)
  }

  @Test func `lines and tabs of a product stay, nothing else does`() {
    #expect(shownLines("a\tb\nc\u{1B}[1m\r\n") == "a\tb\nc\\u001b[1m\\r\n")
    #expect(shownLines("plain\n") == "plain\n")
  }

  @Test func `no control is left, whatever comes`() {
    for value in UInt32(0)...0x2100 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = shown("a" + String(Character(scalar)))
      #expect(
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(value)")
    }
  }
}
