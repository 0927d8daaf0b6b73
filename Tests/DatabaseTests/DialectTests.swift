import Database
import Testing

@Suite struct DialectTests {
  @Test(arguments: [Dialect.sqlite, .postgresql])
  func `a name or a text ends where its quotes do, whatever combines with a sign of it`(
    _ dialect: Dialect
  ) {
    #expect(dialect.quoted("a\"b") == "\"a\"\"b\"")
    #expect(dialect.quoted("a\"\u{301};b") == "\"a\"\"\u{301};b\"")
    #expect(dialect.literal("it's") == "'it''s'")
    #expect(dialect.literal("'\u{301};b") == "'''\u{301};b'")
  }
}
