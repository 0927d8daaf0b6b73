import Core
import Testing

@testable import Operations

/// Mail that any server takes, and whose headers nobody else writes.
@Suite struct MailMessageTests {
  private func mail(_ title: String, _ detail: String = "") -> String {
    let time = Timestamp(rfc3339Text: "2026-03-01T06:00:00Z") ?? Timestamp(microseconds: 0)
    return MailMessage(
      AlertMessage(
        id: "abc", .trigger, .error, title: title, detail: detail, source: "vm:/lake",
        since: time, at: time), from: "a@example.com", to: ["b@example.com", "c@example.com"]
    ).text
  }

  @Test func `a plain mail can be read as it is`() {
    let lines = mail("gold.sales failed", "it says so").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "From: a@example.com")
    #expect(lines[1] == "To: b@example.com, c@example.com")
    #expect(lines[2] == "Subject: error: gold.sales failed")
    #expect(lines[3] == "Date: Sun, 1 Mar 2026 06:00:00 +0000")
    #expect(lines.contains("it says so"))
  }

  @Test(arguments: [
    "x\r\nBcc: evil@example.com", "x\nBcc: evil@example.com", "x\r\n\r\nbody", "\u{0}x", "x\u{85}y",
  ])
  func `a name cannot write a header`(_ title: String) throws {
    let text = mail(title)
    let head = try #require(text.firstRange(of: "\n\n"))
    for line in text[..<head.lowerBound].split(separator: "\n") {
      #expect(!line.hasPrefix("Bcc"))
      #expect(line.first == " " || line.contains(": "))
      #expect(line.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    }
  }

  @Test func `a subject beyond ASCII is encoded in words of at most 75 characters`() {
    let title = String(repeating: "Fläche — 売上 ", count: 12)
    let lines = mail(title).split(separator: "\n").drop { !$0.hasPrefix("Subject: ") }
    let subject = [lines.first ?? ""] + lines.dropFirst().prefix { $0.hasPrefix(" ") }
    #expect(subject.count > 2)
    for line in subject {
      let word = line.replacing("Subject: ", with: "").trimmed
      #expect(word.count <= 75)
      #expect(word.hasPrefix("=?UTF-8?B?") && word.hasSuffix("?="))
    }
  }

  @Test func `no line of the text is a lone dot, too long or beyond ASCII`() {
    let detail = ".\n..\nFrom x\n" + String(repeating: "ü.", count: 300) + "\nend \n."
    let text = mail("t", detail)
    for line in text.split(separator: "\n") {
      #expect(line != ".")
      #expect(!line.hasPrefix("."))
      #expect(line.utf8.count <= 76)
      #expect(line.utf8.allSatisfy { $0 < 0x80 })
    }
    #expect(text.contains("\n=2E\n=2E.\n"))
  }

  @Test func `bytes in base 64 are as RFC 4648 has them`() {
    let pairs = [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]
    for (text, code) in pairs { #expect(MailMessage.base64(Array(text.utf8)) == code) }
  }

  @Test(arguments: [
    "", "a", "a@", "@b", "a@b@c", "-a@b", "a b@c", "a@b\nBcc: d", "a@b,c@d", "<a@b>", "a@b;c",
  ])
  func `what is no address is refused`(_ text: String) {
    #expect(throws: Fault.self) {
      try MailMessage.check(address: text, at: Place("alerts.yml", line: 1))
    }
  }
}
