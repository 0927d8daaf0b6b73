import Columnar
import Core
import Engine
import TestSupport
import Testing

/// Spark's regression queries in ANSI mode, bound: what we take must have Spark's types.
@Suite struct GoldenBindingTests {
  @Test(.shared("conformance/spark-sql-golden"))
  func `what binds has the types that Spark gives`() throws {
    var answered = 0
    var bound = 0
    var alike = 0
    var named = 0
    var reasons: [String: Int] = [:]
    var differences: [String] = []
    let files = GoldenQueries.files.filter { $0.contains("/4.1/") && !$0.contains("nonansi") }
    for file in files {
      var session = GoldenSession()
      for query in try GoldenQueries.queries(of: file) {
        if session.takesView(query.text, file: file) { continue }
        guard query.isQuery, !query.expectsError else { continue }
        answered += 1
        do {
          let schema = try session.bind(query.text, file: file).schema
          bound += 1
          if GoldenSession.agrees(schema, with: query.schema) {
            alike += 1
            if GoldenSession.text(schema) == query.schema { named += 1 }
          } else {
            let ours = GoldenSession.text(schema)
            differences.append("\(query.text)   ours: \(ours)\n   Spark: \(query.schema)")
          }
        } catch let fault as Fault {
          reasons[fault.problem, default: 0] += 1
        }
      }
    }
    let common = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(40)
    let list = common.map { "\($0.value)× \($0.key)" }.joined(separator: "\n")
    let summary = "\(bound) of \(answered) bound, \(alike) with Spark's types, \(named) names too"
    #expect(bound * 100 >= answered * 72, "\(summary); most often refused:\n\(list)")
    #expect(
      alike * 100 >= bound * 99,
      "\(summary):\n\(differences.prefix(40).joined(separator: "\n"))")
  }
}

/// The tables and views that a golden file's queries see.
struct GoldenSession {
  private var views: [ViewSyntax] = []
  private static let tables = [
    "testdata": "key INT, value STRING", "onek": GoldenSession.onek, "tenk1": GoldenSession.onek,
    "aggtest": "a INT, b FLOAT", "mapdata": "mapcol MAP<INT, STRING>",
    "arraydata": "arraycol ARRAY<INT>, nestedarraycol ARRAY<ARRAY<INT>>",
  ]
  private static let onek = """
    unique1 INT, unique2 INT, two INT, four INT, ten INT, twenty INT, hundred INT, thousand INT,
    twothousand INT, fivethous INT, tenthous INT, odd INT, even INT, stringu1 STRING,
    stringu2 STRING, string4 STRING
    """

  /// Takes CREATE TEMPORARY VIEW; false for other statements.
  mutating func takesView(_ text: String, file: String) -> Bool {
    guard let statements = try? SQLScript.parse(text: text, file: file), statements.count == 1,
      case .temporaryView(let view) = statements[0].kind
    else { return false }
    views.append(view)
    return true
  }

  /// The plan over tables without rows.
  func bind(_ text: String, file: String) throws -> LogicalPlan {
    try bind(text, file: file, in: PlanningCatalog(GoldenSession.tables))
  }

  /// The plan over tables of a catalog.
  func bind(_ text: String, file: String, in catalog: any Catalog) throws -> LogicalPlan {
    let binder = Binder(catalog: catalog, clock: Planning.clock, views: views)
    return try binder.bind(try SQLScript.parseQuery(text: text, file: file))
  }

  /// The schema as Spark prints it.
  static func text(_ schema: Schema) -> String { text(.structure(schema.fields)) }

  private static func text(_ type: DataType) -> String {
    switch type {
    case .array(let element, _): "array<\(text(element))>"
    case .map(let key, let value, _): "map<\(text(key)),\(text(value))>"
    case .structure(let fields):
      "struct<\(fields.map { "\($0.name):\(text($0.type))" }.joined(separator: ","))>"
    default: type.sql.lowercased()
    }
  }

  /// Whether the types are those of Spark's text, names aside.
  static func agrees(_ schema: Schema, with expected: String) -> Bool {
    guard expected.hasPrefix("struct<"), expected.hasSuffix(">") else { return false }
    var rest = expected.dropFirst("struct<".count).dropLast()
    for (index, field) in schema.fields.enumerated().reversed() {
      let ending = ":" + text(field.type)
      guard rest.hasSuffix(ending) else { return false }
      rest = rest.dropLast(ending.count)
      guard index > 0 else { return true }
      // The field before ends at the last comma behind a type of its own.
      let previous = ":" + text(schema.fields[index - 1].type) + ","
      guard let cut = rest.lastIndex(of: previous) else { return false }
      rest = rest[..<cut]
    }
    return rest.isEmpty
  }
}

extension Substring {
  /// Where the part up to the last mention of `text`, its comma left out, ends.
  fileprivate func lastIndex(of text: String) -> Index? {
    let wanted = Array(text.utf8)
    let bytes = Array(utf8)
    guard bytes.count >= wanted.count else { return nil }
    for start in (0...(bytes.count - wanted.count)).reversed()
    where bytes[start..<(start + wanted.count)].elementsEqual(wanted) {
      return utf8.index(startIndex, offsetBy: start + wanted.count - 1)
    }
    return nil
  }
}
