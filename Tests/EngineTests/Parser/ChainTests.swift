import Core
import Engine
import Testing

/// How long a chain may be whose links hold one another: each is a level of the tree.
@Suite struct ChainTests {
  /// A query with a chain of so many links.
  struct Form: Sendable, CustomTestStringConvertible {
    let name: String
    let text: @Sendable (Int) -> String

    init(_ name: String, _ text: @escaping @Sendable (Int) -> String) {
      self.name = name
      self.text = text
    }

    var testDescription: String { name }
  }

  private static let forms = [
    Form("+") { "SELECT " + chain("1", "+", $0) },
    Form("||") { "SELECT " + chain("'a'", "||", $0) },
    Form("::") { "SELECT 1" + String(repeating: "::int", count: $0) },
    Form("[]") { "SELECT a" + String(repeating: "[0]", count: $0) },
    Form("members") { "SELECT f(x)" + String(repeating: ".a", count: $0) },
    Form("a name") { "SELECT a" + String(repeating: ".a", count: $0) },
    Form("a table's name") { "SELECT * FROM a" + String(repeating: ".a", count: $0) },
    Form("UNION") { chain("SELECT 1", " UNION ", $0) },
    Form("UNION ALL") { chain("SELECT 1", " UNION ALL ", $0) },
    Form("EXCEPT") { chain("SELECT 1", " EXCEPT ", $0) },
    Form("INTERSECT") { chain("SELECT 1", " INTERSECT ", $0) },
    Form("JOIN") { "SELECT * FROM " + chain("t", " JOIN ", $0) },
    Form("FROM") { "SELECT * FROM " + chain("t", ", ", $0) },
    Form("LATERAL VIEW") {
      "SELECT * FROM t" + String(repeating: " LATERAL VIEW explode(a) b", count: $0)
    },
    Form("in brackets") { "SELECT (" + chain("1", "+", $0 / 2) + ")" + chain("", "+ 1", $0 / 2) },
  ]

  private static func chain(_ term: String, _ sign: String, _ count: Int) -> String {
    [String](repeating: term, count: count).joined(separator: sign)
  }

  @Test(arguments: forms) func `a chain of a thousand links is refused where it grew too long`(
    _ form: Form
  ) {
    #expect {
      _ = try SQLScript.parse(text: form.text(1_100), file: "q.sql")
    } throws: { error in
      guard let fault = error as? Fault, fault.kind == .configuration else { return false }
      return fault.place?.line == 1 && fault.problem.hasPrefix("more than 1000 ")
        && fault.problem.hasSuffix(" in a chain")
    }
  }

  @Test(arguments: forms) func `a chain of some hundreds is read`(_ form: Form) throws {
    _ = try SQLScript.parse(text: form.text(400), file: "q.sql")
  }

  @Test func `chains side by side are as long as the longest of them`() throws {
    let sum = Self.chain("x::int::string::int", "+", 300)
    let text =
      "SELECT "
      + [String](repeating: "f(\(sum), \(sum)) AND \(sum) = 1", count: 10)
      .joined(separator: ", ")
    _ = try SQLScript.parse(text: text, file: "q.sql")
  }

  @Test func `AND, OR and lists are no chains`() throws {
    let condition = Self.chain("a = 1 OR b", " AND ", 3_000)
    let list = Self.chain("1", ", ", 3_000)
    _ = try SQLScript.parse(
      text: "SELECT a, f(\(list)) FROM t WHERE \(condition) AND a IN (\(list))", file: "q.sql")
  }

  @Test func `what follows a long line of letters outside ASCII is placed by characters`() {
    let letters = String(repeating: "äx", count: 1_000)
    #expect {
      _ = try SQLScript.parse(text: "SELECT\n'\(letters)' ? 1", file: "q.sql")
    } throws: { error in
      (error as? Fault)?.place == Place("q.sql", line: 2, column: 2_004)
    }
  }
}
