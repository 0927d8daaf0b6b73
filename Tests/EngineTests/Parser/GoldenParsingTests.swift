import Core
import Engine
import TestSupport
import Testing

/// Spark's own regression queries: what Spark answers, we should at least read.
@Suite struct GoldenParsingTests {
  @Test(.shared("conformance/spark-sql-golden"))
  func `most queries that Spark answers are read, and none stops the parser`() throws {
    var answered = 0
    var read = 0
    var reasons: [String: Int] = [:]
    for file in GoldenQueries.files {
      for query in try GoldenQueries.queries(of: file) where !query.expectsError {
        guard query.isQuery else { continue }
        answered += 1
        do {
          _ = try SQLScript.parse(text: query.text, file: file)
          read += 1
        } catch {
          reasons[error.problem, default: 0] += 1
        }
      }
    }
    let common = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12)
    let list = common.map { "\($0.value)× \($0.key)" }.joined(separator: "\n")
    #expect(read * 100 >= answered * 93, "\(read) of \(answered) read; most often:\n\(list)")
  }
}

/// Reads the blocks of a `.sql.out` file.
enum GoldenQueries {
  struct Query {
    var text: String
    var schema: String
    var output: String

    /// An error is an output that begins with the class that was thrown.
    var expectsError: Bool {
      schema == "struct<>"
        && (output.hasPrefix("org.apache.spark") || output.hasPrefix("java."))
    }

    var isQuery: Bool {
      let start = text.drop { $0 == "(" || $0.isWhitespace }.prefix(6).uppercased()
      return start.hasPrefix("SELECT") || start.hasPrefix("WITH") || start.hasPrefix("VALUES")
    }
  }

  static var files: [String] {
    Shared.files(under: "conformance/spark-sql-golden", suffix: ".sql.out")
  }

  static func queries(of file: String) throws -> [Query] {
    let text = String(decoding: try LocalFileSystem().read(file), as: UTF8.self)
    var queries: [Query] = []
    var part = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- !query") {
        part = String(line.dropFirst("-- !query".count)).trimmingBlanks
        if part.isEmpty { queries.append(Query(text: "", schema: "", output: "")) }
        continue
      }
      guard !queries.isEmpty else { continue }
      let last = queries.count - 1
      switch part {
      case "": queries[last].text += line + "\n"
      case "schema": queries[last].schema += line
      default: queries[last].output += line + "\n"
      }
    }
    return queries
  }
}

extension String {
  fileprivate var trimmingBlanks: String { split(separator: " ").joined(separator: " ") }
}
