import Bronze
import Columnar
import Core
import Database
import Glibc
import Governance
import Ingest
import JSON
import LakeJobs
import TestSupport

extension Target {
  static let kafkaRecords = Target(
    name: "kafka-records", meaning: "records of a topic, as kcat prints them",
    corpus: [.own("kcat", separator: "\n")],
    words: jsonWords + ["\"topic\":", "\"partition\":", "\"offset\":", "\"payload\":", "\"ts\":"],
    grammar: JSONGrammar.lines
  ) { input in
    let record = KafkaRecord(input)
    guard let payload = record.payload, payload.count > input.count else { return }
    throw Disagreement("a payload is longer than its record")
  }

  static let bronzeCommits = Target(
    name: "bronze-commits", meaning: "entries of a bronze table's log",
    corpus: [.own("bronze-commits")],
    words: [
      "\"version\":", "\"first_file\":", "\"files\":[", "\"rejected\":[", "\"path\":", "\"rows\":",
      "\"state\":", "null", "-1", "9223372036854775807",
    ]
  ) { input in
    let json = try JSONValue(parsing: input, at: Place("input"))
    guard let commit = BronzeCommit(json) else { return }
    _ = commit.endFile
    _ = JSONWriter.bytes(commit.json)
  }

  static let runEvents = Target(
    name: "run-events", meaning: "run events that another tool prints",
    corpus: [.own("run-events")],
    words: jsonWords + ["\"eventType\":", "\"eventTime\":", "\"facets\":{", "\"outputs\":["]
  ) { input in
    let event = try RunEvent(parsing: String(decoding: input, as: UTF8.self), at: Place("input"))
    _ = event.sentence
  }

  static let sources = Target(
    name: "sources", meaning: "sources.yml",
    corpus: [CorpusSource(path: "jobs", suffix: "sources.yml")],
    words: [
      "systems:", "landing:", "  kind: ", "  tables:\n", "- ", ": ", "\n    ", "&a ", "*a", "\"",
    ]
  ) { input in
    let folder = MemoryFolder(["jobs/sources.yml": input], dataFile: [])
    _ = try SourcesFile("jobs/sources.yml", fileSystem: folder)
  }

  /// A database of others, of which each table is read.
  static let sqliteFiles = Target(
    name: "sqlite-files", meaning: "SQLite databases of others", corpus: [.own("sqlite")],
    words: ["SQLite format 3\u{0}", "CREATE TABLE t(a", "\u{0}\u{0}", "\u{D}", "\u{5}", "\u{2}"]
  ) { input in
    let folder = Workdir()
    let path = folder.file("source.db")
    // Nothing of it need survive a crash, so that thousands are written in a moment.
    guard let file = fopen(path, "w") else { return }
    fwrite(input, 1, input.count, file)
    fclose(file)
    let database = try SQLiteConnection(path, .readOnly)
    for table in try database.tables() {
      try readOrRefuse {
        _ = try database.columns(of: table)
        let name = database.dialect.quoted(table)
        try drain(database.query("SELECT * FROM \(name)", [], as: nil), atMost: 20)
      }
    }
  }
}
