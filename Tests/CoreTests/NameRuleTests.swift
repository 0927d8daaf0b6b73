import Core
import Testing

@Suite struct NameRuleTests {
  private let place = Place("jobs/setup.sql", line: 3)

  private func reason(_ check: () throws(Fault) -> Void) -> String? {
    do {
      try check()
      return nil
    } catch {
      #expect(error.kind == .configuration && error.place == place)
      return error.problem
    }
  }

  @Test func `a table's name is a word of letters, digits, _ and -`() {
    for name in ["sales", "s", "7days", "fact-sales_2", "umsätze", "売上", "naïve\u{308}"] {
      #expect(
        reason { () throws(Fault) in try NameRule.check(table: name, at: place) } == nil, "\(name)")
    }
    let wrong = [
      "", "-x", "_aux", ".x", "a/b", "a b", "a\nb", "a\r\nb", "$(touch x)", "`x`", "a;b", "a|b",
      "a&b",
      "a'b", "a\"b", "a\\b", "a:b", "a=b", "a%b", "a*", "a#b", "a\u{202E}b", "a\u{7F}", "a\u{85}b",
      "½€",
      String(repeating: "a", count: 201),
    ]
    for name in wrong {
      #expect(
        reason { () throws(Fault) in try NameRule.check(table: name, at: place) } != nil, "\(name)")
    }
  }

  @Test func `a folder's name from elsewhere is one folder that can be seen`() {
    func reason(_ name: String) -> String? {
      self.reason { () throws(Fault) in try NameRule.check(folder: name, "a folder", at: place) }
    }
    for name in [
      "Order Details", "_prisma", "a$b", "x.y", "größe", String(repeating: "a", count: 255),
    ] {
      #expect(reason(name) == nil, "\(name)")
    }
    for name in ["", "-rf", ".", "..", ".git", "a/b", "a\tb", String(repeating: "a", count: 256)] {
      #expect(reason(name) != nil, "\(name)")
    }
  }

  @Test func `any other name can be seen, and what cannot is spelled out where it is told`() throws
  {
    let told = try #require(
      reason { () throws(Fault) in try NameRule.check("a\nb", "a column's name", at: place) })
    #expect(told == "'a\nb' cannot be a column's name: it has characters that cannot be seen")
    #expect(
      reason { () throws(Fault) in try NameRule.check("Preis in €, brutto", "x", at: place) } == nil
    )
  }
}
