import Core
import TestSupport
import Testing

/// Source databases that change while they are followed: a short run of `make cdc`, and whole
/// databases that come through as they are.
@Suite struct CampaignTests {
  private static let hasPython =
    (try? ToolRun(program: "/usr/bin/env", ["python3", "--version"]).status) == 0
  private static let hasServer = hasPython && PostgreSQLServer.programs != nil

  private static var tools: String {
    get throws { String(try ToolRun.path(of: "cdc-extract").dropLast("/cdc-extract".count)) }
  }

  private static let sources =
    ["compare", "triggers", "cursor"] + (hasServer ? ["postgresql"] : [])

  @Test(.enabled(if: hasPython, "needs python3"), arguments: sources)
  func `killed extractions leave in silver what the source holds`(source: String) throws {
    let seed = Int.random(in: 1...999_999)
    let run = try ToolRun(
      program: "Tests/CDC/run", ["1", "\(seed)", "--kills", "4", "--only", source],
      environment: ["BIN": try Self.tools])
    #expect(run.status == 0, "seed \(seed): \(run.text) \(run.talk)")
    #expect(run.text.contains("nothing lost"), "seed \(seed): \(run.text) \(run.talk)")
  }

  @Test(
    .enabled(if: hasServer, "needs python3 and a PostgreSQL server"), .shared("data/chinook"),
    arguments: [
      ("northwind", "sqlite", "13 tables, 3310 rows"),
      ("northwind", "postgres", "14 tables, 3362 rows"),
      ("chinook", "sqlite", "11 tables, 15607 rows"),
      ("chinook", "postgres", "11 tables, 15607 rows"),
    ])
  func `a whole database comes through unchanged`(
    name: String, kind: String, size: String
  ) throws {
    let dump = Shared.path("data/\(name)/\(name)_\(kind).sql.gz")
    let run = try ToolRun(
      program: "/usr/bin/env", ["python3", "-B", "Tests/CDC/unchanged.py", try Self.tools, dump])
    #expect(run.status == 0, "\(run.text) \(run.talk)")
    #expect(run.text.contains("\(size), each as it is at the source"), "\(run.text)")
  }
}
