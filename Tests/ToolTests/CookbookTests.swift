import Core
import Glibc
import TestSupport
import Testing

/// The questions of `jobs/cookbook.md`, asked of a warehouse on a server: it answers as the
/// file of the golden case `answers-the-cookbook` does.
@Suite(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
struct CookbookTests {
  private static let folder = "Tests/ToolTests/Cases/load-facts/answers-the-cookbook"

  @Test func `a server answers every question as a file does`() throws {
    let server = try #require(PostgreSQLServer())
    let checkout = try #require(getcwd(nil, 0).map { String(cString: $0) })
    let tools = try ToolRun.path(of: "lake-sql").split(separator: "/").dropLast()
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let host = server.address.split(separator: " ")[0].dropFirst("host=".count)
    let address = "postgresql://tester@/postgres?host=\(host)"
    let work = Workdir()
    let script = """
      . '\(checkout)/\(Self.folder)/cmd' >/dev/null
      test ! -e lake/warehouse.db
      sed -i "s/^\\.print/\\\\\\\\echo/" questions.sql
      PGOPTIONS='--search_path=dim,fact' \
        psql -X -q -A -P footer=off -v ON_ERROR_STOP=1 -d '\(address)' -f questions.sql
      """
    let run = try ToolRun(
      program: "/bin/bash", ["-uo", "pipefail", "-c", script], in: work.path,
      environment: [
        "PATH": "/\(tools.joined(separator: "/")):\(path)", "CHECKOUT": checkout,
        "MEDALLION_NOW": "\(Timestamp.ofTests)", "MEDALLION_WAREHOUSE": address,
        "MEDALLION_RUN_ID": "0195505b-1f80-7000-8000-000000000001", "LC_ALL": "C.UTF-8",
      ])
    #expect(run.status == 0, "\(run.talk)")
    let files = LocalFileSystem()
    let expected = String(
      decoding: try files.read("\(Self.folder)/expected.out"), as: UTF8.self)
    // The last line is the file's own status.
    let answers = lines(expected).dropLast()
    #expect(answers.count > 90)
    #expect(lines(run.text) == Array(answers))
  }

  /// Lines whose numbers are written one way: `7.0`, `7.00` and `7` alike.
  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).map { word in
        Double(word).map { "\($0)" } ?? String(word)
      }.joined(separator: "|")
    }
  }
}
