import Core
import Testing

@Suite struct MaskedTextTests {
  @Test func `a password in an address is not told`() {
    #expect(
      masked("no 'postgres://me:hush@h:5432/db' here") == "no 'postgres://me:***@h:5432/db' here")
    #expect(masked("a://u:p@h b://v:p/w@d@h") == "a://u:***@h b://v:***@h")
    #expect(masked("s3://key:secret@bucket") == "s3://key:***@bucket")
    #expect(masked("host=h Password=hush user=u") == "host=h Password=*** user=u")
    #expect(masked("jdbc:x://h/d?password=hush&user=u") == "jdbc:x://h/d?password=***&user=u")
  }

  @Test func `what holds none stays as it is`() {
    for text in [
      "", "://", "a://", "http://host:80/path", "file:///a/b", "me@example.org", "x: y@z",
      "postgres://me@h/db", "password=", "'password' is missing",
    ] { #expect(masked(text) == text) }
  }
}
