import Columnar
import Core
import Engine
import TestSupport
import Testing

/// Spark's regression queries in ANSI mode, run: as bound, and as optimized.
@Suite struct GoldenAnswerTests {
  @Test(.shared("conformance/spark-sql-golden"))
  func `answers are Spark's, and optimizing changes none`() throws {
    var compared = 0
    var alike = 0
    var wrong: [String] = []
    var changed: [String] = []
    let catalog = try GoldenAnswers.catalog()
    let files = GoldenQueries.files.filter { $0.contains("/4.1/") && !$0.contains("nonansi") }
    for file in files where !GoldenAnswers.skips(file) {
      var session = GoldenSession()
      for query in try GoldenQueries.queries(of: file) {
        if session.takesView(query.text, file: file) { continue }
        guard query.isQuery, !query.expectsError, GoldenAnswers.isPlain(query.schema),
          let plan = try? session.bind(query.text, file: file, in: catalog)
        else { continue }
        let expected = query.output.split(separator: "\n").map(String.init).sorted()
        let bare = Result { try GoldenAnswers.rows(plan).sorted() }
        let optimized = Optimizer(clock: Planning.clock).optimize(plan)
        let better = Result { try GoldenAnswers.rows(optimized).sorted() }
        compared += 1
        let answer = try? better.get()
        if answer == expected {
          alike += 1
        } else {
          wrong.append("\(query.text)   ours: \(better)\n   Spark: \(expected)")
        }
        if let first = try? bare.get(), first != answer {
          changed.append("\(query.text)   before: \(first)\n   after: \(better)\n\(optimized.text)")
        }
      }
    }
    let summary = "\(alike) of \(compared) answers are Spark's"
    #expect(changed.isEmpty, "\(changed.joined(separator: "\n"))")
    #expect(
      alike * 1_000 >= compared * 985,
      "\(summary):\n\(wrong.prefix(60).joined(separator: "\n"))")
  }
}

/// The tables of the golden files, and results as they print them.
enum GoldenAnswers {
  static func catalog() throws -> MemoryCatalog {
    let catalog = MemoryCatalog()
    try catalog.add("testdata", "key INT, value STRING", rows: (1...100).map { "\($0)|\($0)" })
    return catalog
  }

  /// Files that speak of time zones, whose instants print in another zone than ours.
  static func skips(_ file: String) -> Bool {
    ["datetime", "timezone", "timestamp", "current", "interval"].contains { file.contains($0) }
  }

  /// Whether all columns print as plain text.
  static func isPlain(_ schema: String) -> Bool {
    !["timestamp", "array<", "map<", "struct<", "interval", "binary"].contains {
      schema.dropFirst("struct<".count).contains($0)
    }
  }

  static func rows(_ plan: LogicalPlan) throws -> [String] {
    let context = QueryContext(clock: Planning.clock, threadCount: 1)
    let source = try Executor(context: context).execute(plan)
    var rows: [String] = []
    while let batch = try source.next() {
      for row in 0..<batch.rowCount {
        let cells = batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
        rows += cells.joined(separator: "\t").split(separator: "\n").map(String.init)
      }
    }
    return rows
  }
}
