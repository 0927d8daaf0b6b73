import Core
import JSON
import TestSupport
import Testing

/// A business in a folder of its own: job files, landing folder, source databases, lake; and the
/// tools run in it as make and cron run them.
final class Pipeline: Sendable {
  let folder = Workdir()
  /// The checkout the tests run in.
  let checkout: String

  /// The retail sample, with nothing taken in yet.
  init() throws {
    checkout = try Pipeline.output("pwd", in: nil)
    try shell(
      """
      mkdir -p landing/pos sources
      cp -r '\(checkout)/jobs' jobs
      cp jobs/sample/pos_events.ndjson.zst landing/pos/
      for name in order rewards; do
        file=sources/$([ $name = order ] && echo orders || echo $name).db
        zstd -dcq jobs/sample/${name}_db.sql.zst | sqlite3 $file
      done
      """)
  }

  /// Another business: the job files of `jobs`, nothing else.
  init(jobs: String) throws {
    checkout = try Pipeline.output("pwd", in: nil)
    try shell("cp -r '\(checkout)/\(jobs)' jobs")
  }

  /// Runs a tool that must succeed; its product.
  @discardableResult
  func tool(_ name: String, _ arguments: [String] = [], input: String = "") throws -> String {
    let run = try ToolRun(name, arguments, input: Array(input.utf8), in: folder.path)
    try #require(run.status == 0, "\(name) \(arguments): \(run.status) \(run.talk)")
    return run.text
  }

  /// Runs a tool whatever comes of it.
  func attempt(_ name: String, _ arguments: [String] = [], input: String = "") throws -> ToolRun {
    try ToolRun(name, arguments, input: Array(input.utf8), in: folder.path)
  }

  /// What `make refresh` does.
  func refresh() throws {
    for name in ["ingest-pos", "cdc-extract", "bronze2silver", "silver2gold"] { try tool(name) }
    try tool("load-dims")
    try tool("load-facts")
  }

  /// The rows of a query, each as its values' texts.
  func rows(_ query: String) throws -> [[String]] {
    try tool("lake-sql", ["--format", "csv", query]).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  /// The only row of a query, its values joined by blanks.
  func row(_ query: String) throws -> String {
    let rows = try rows(query)
    try #require(rows.count == 1, "\(query): \(rows.count) rows")
    return rows[0].joined(separator: " ")
  }

  /// What the warehouse answers, asked by another client.
  func warehouse(_ query: String) throws -> String {
    try shell("sqlite3 -separator ' ' lake/warehouse.db \"\(query)\"")
  }

  /// Runs a script of bash in the folder; what it prints, without the last newline.
  @discardableResult
  func shell(_ script: String) throws -> String {
    try Pipeline.output(script, in: folder.path)
  }

  /// Everything that a run without work must leave as it is: the names of all files in the lake,
  /// run events aside, and the warehouse's content.
  func fingerprint() throws -> String {
    try shell(
      """
      find lake -type f -not -path '*/_events/*' -not -name '*.lock' -not -name '*.db*' \
        -printf '%P %s\\n' | sort
      sqlite3 lake/warehouse.db .dump | sha256sum
      """)
  }

  private static func output(_ script: String, in directory: String?) throws -> String {
    let run = try ToolRun(
      program: "/bin/bash", ["-euo", "pipefail", "-c", script], in: directory)
    try #require(run.status == 0, "\(script): \(run.status) \(run.talk)")
    return run.text.hasSuffix("\n") ? String(run.text.dropLast()) : run.text
  }
}
