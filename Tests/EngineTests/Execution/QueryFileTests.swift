import Core
import Engine
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#endif

/// Runs the files of `Queries/`, which are sqllogictests in small:
///
///     table t (a INT, s STRING)      query            query rowsort     error division by zero
///     1|x                            SELECT a FROM t  SELECT …          SELECT 1 / 0
///     NULL|y                         ----             ----
///                                    1                …
@Suite struct QueryFileTests {
  @Test(arguments: QueryFile.all)
  func `each query gives the rows written below it`(_ file: QueryFile) throws {
    let catalog = MemoryCatalog()
    for step in try file.steps() {
      switch step {
      case .table(let name, let columns, let rows): try catalog.add(name, columns, rows: rows)
      case .query(let sql, let expected, let isSorted, let line):
        let rows = Result { try QueryRun(catalog).rows(sql) }
        switch rows {
        case .success(let rows):
          #expect(
            (isSorted ? rows.sorted() : rows) == (isSorted ? expected.sorted() : expected),
            "\(file.name):\(line): \(sql)")
        case .failure(let error):
          Issue.record("\(file.name):\(line): \(sql): \(error)")
        }
      case .error(let sql, let part, let line):
        do {
          let rows = try QueryRun(catalog).rows(sql)
          Issue.record("\(file.name):\(line): \(sql): no error, but \(rows)")
        } catch {
          #expect("\(error)".contains(part), "\(file.name):\(line): \(sql)")
        }
      }
    }
  }
}

/// One file of queries.
struct QueryFile: CustomTestStringConvertible, Sendable {
  enum Step {
    case table(String, String, [String])
    case query(String, [String], isSorted: Bool, line: Int)
    case error(String, part: String, line: Int)
  }

  let path: String
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  var testDescription: String { name }

  static let all: [QueryFile] = {
    let here = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let folder = "/\(here)/Queries"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".slt") }.sorted().map { QueryFile(path: "\(folder)/\($0)") }
  }()

  func steps() throws -> [Step] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var steps: [Step] = []
    var at = 0
    func block() -> [String] {
      var block: [String] = []
      while at < lines.count, !lines[at].isEmpty {
        block.append(lines[at])
        at += 1
      }
      return block
    }
    while at < lines.count {
      let line = lines[at]
      at += 1
      if line.hasPrefix("table ") {
        let head = line.dropFirst(6)
        let name = head.prefix { $0 != " " }
        steps.append(
          .table(
            String(name), String(head.dropFirst(name.count + 2).dropLast()), block()))
      } else if line.hasPrefix("query") {
        let start = at
        let parts = block().split(separator: "----", maxSplits: 1, omittingEmptySubsequences: false)
        let expected = parts.count > 1 ? Array(parts[1]) : []
        steps.append(
          .query(
            parts[0].joined(separator: "\n"), expected, isSorted: line.hasSuffix("rowsort"),
            line: start))
      } else if line.hasPrefix("error ") {
        let start = at
        steps.append(
          .error(block().joined(separator: "\n"), part: String(line.dropFirst(6)), line: start))
      }
    }
    return steps
  }
}
