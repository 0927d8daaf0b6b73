import Core
import Testing

@testable import Runs

@Suite struct FailureCauseTests {
  private func cause(_ lines: [(String, TalkLevel?)]) -> String? {
    var cause = FailureCause()
    for (text, level) in lines { cause.take(TalkLine(Array("\(text)\n".utf8), level)) }
    return cause.text
  }

  private func cause(_ lines: String...) -> String? { cause(lines.map { ($0, nil) }) }

  @Test func `an error is the cause, whatever is said behind it`() {
    #expect(
      cause([
        ("a: began", .note), ("a:x.sql:3: no column 'b'", .error), ("a: odd", .warning),
        ("done", nil), ("make: *** [Makefile:3: x] Error 1", nil),
      ]) == "a:x.sql:3: no column 'b'")
    #expect(cause([("first", .error), ("second", .error)]) == "second")
  }

  @Test func `what warns is none, and then nothing is said of it`() {
    #expect(cause([("a: odd", .warning), ("a: went on", .note)]) == nil)
    #expect(cause([("cannot open x", nil), ("a: odd", .warning)]) == "cannot open x")
    #expect(
      cause(#"{"level":"warning","tool":"a","message":"odd"}"#, #"{"level":"note","message":"x"}"#)
        == nil)
    #expect(
      cause(#"{"level":"error","tool":"a","place":"x:3","message":"bad","remedy":"mend"}"#, "done")
        == "a:x:3: bad; mend")
  }

  @Test func `other programs write the level into the line`() {
    #expect(
      cause("x.c:3:1: error: no 'y'", "x.c:9:1: warning: odd", "1 error generated.")
        == "x.c:3:1: error: no 'y'")
    #expect(
      cause("psql:x.sql:3: ERROR:  no table", "DETAIL:  none", "WARNING:  odd")
        == "psql:x.sql:3: ERROR:  no table")
    #expect(cause("3 rows loaded", "WARN odd", "[info] bye") == "3 rows loaded")
    #expect(cause("ValueError: it is no warning: at all") == "ValueError: it is no warning: at all")
    #expect(cause("no errors so far", "killed") == "killed")
  }
}
