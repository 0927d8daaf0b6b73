import Access
import Bronze
import Columnar
import Core
import Delta
package import Engine
package import LakeJobs
package import LakeQuery

/// Looks for what a role may not see in all that it can ask: rows, counts, errors, plans, names,
/// versions and changes, of every table, in every form.
///
/// Each answer is held against that of a plain copy of what may be seen, and looked through for
/// values that stand in the table and not in the copy, as they are and as digests without a key.
package struct LeakTest {
  /// A way on which something came out that may not be seen.
  package struct Leak: Hashable, Sendable {
    package let table: String
    package let route: String
    /// What came out; never the value.
    package let what: String
  }

  /// A table and what its test found.
  package struct Outcome: Sendable {
    package let table: LakeTableName
    package let leaks: [Leak]
    /// How many questions were asked.
    package let questionCount: Int
    /// Whether it is too large to be held against a copy.
    package let isTooLarge: Bool
  }

  private let all: LakeCatalog
  private let seen: any Catalog
  private let decide: GuardedCatalog.Decision
  private let context: QueryContext
  private let rowLimit: Int

  /// `all` has the tables with all that they have, `seen` as somebody may see them by what `decide`
  /// says. Tables of more rows than `rowLimit` are not looked at.
  package init(
    of seen: any Catalog, against all: LakeCatalog, _ context: QueryContext,
    rowLimit: Int = 200_000,
    _ decide: @escaping GuardedCatalog.Decision
  ) {
    self.seen = seen
    self.all = all
    self.decide = decide
    self.context = context
    self.rowLimit = rowLimit
  }

  /// The outcome for each table that there is, in order.
  package func outcomes() throws -> [Outcome] {
    try all.listedTables().compactMap { LakeTableName($0.description) }.sorted()
      .filter { !$0.name.hasPrefix("_") }.map(outcome)
  }

  /// What is found of `table`.
  package func outcome(of table: LakeTableName) throws -> Outcome {
    var leaks: [Leak] = []
    var count = 0
    var isTooLarge = false
    for reference in try references(to: table) {
      let whole = try QueryRunner(catalog: all, context: context)
        .plan(sql: "SELECT * FROM \(reference)", name: "\(table)").schema
      let access = try decide(table, whole)
      guard
        let copy = try PlainCopy(
          of: table, named: reference, access, over: all, context, rowLimit: rowLimit)
      else {
        isTooLarge = true
        continue
      }
      var routes: [LeakRoute]
      if case .denied = access {
        routes = ["SELECT * FROM", "SELECT count(*) FROM", "EXPLAIN SELECT * FROM"].map {
          LeakRoute("denied", "\($0) \(reference)", .refused)
        }
      } else {
        routes = LeakRoute.all(to: reference, copy)
      }
      routes += paths(to: table)
      count += routes.count
      leaks += try self.leaks(of: reference, routes, copy)
    }
    return Outcome(
      table: table, leaks: leaks.withoutRepeats, questionCount: count, isTooLarge: isTooLarge)
  }

  /// How queries may name the table: as it is, its first and last version, its changes.
  private func references(to table: LakeTableName) throws -> [String] {
    let name = "\(Identifier.quoted(table.schema)).\(Identifier.quoted(table.name))"
    guard all.jobs?.contracts[table] == nil, let snapshot = try all.snapshot(of: table) else {
      return [name]
    }
    var references = [name]
    let first = try snapshot.table.earliestVersion() ?? snapshot.version
    for version in [first, snapshot.version].withoutRepeats {
      references.append("\(name) VERSION AS OF \(version)")
    }
    let changes = "table_changes('\(table)', \(snapshot.version))"
    let runner = QueryRunner(catalog: all, context: context)
    if (try? runner.table("SELECT * FROM \(changes) LIMIT 1", name: "changes")) != nil {
      references.append(changes)
    }
    return references
  }

  /// Ways to the table's files.
  private func paths(to table: LakeTableName) -> [LeakRoute] {
    let folder =
      all.jobs?.contracts[table]?.folder ?? "\(all.lake.root)/\(table.schema)/\(table.name)"
    return ["delta", "parquet", "json", "csv", "text", "PARQUET"].flatMap { format in
      ["\(folder)", "file:\(folder)", "\(folder)/*"].map {
        LeakRoute("path", "SELECT * FROM \(format).`\($0)`", .refused)
      }
    }
  }

  private func leaks(
    of reference: String, _ routes: [LeakRoute], _ copy: PlainCopy
  ) throws -> [Leak] {
    let plain = LakeCatalog(lake: all.lake, jobs: all.jobs)
    plain.overlays[copy.shown.name] = copy.shown
    let search = try SecretSearch(copy, context)
    var leaks: [Leak] = []
    for route in routes {
      let answer = try LeakAnswer(route.question, of: seen, context)
      let found = { (what: String) in
        leaks.append(
          Leak(table: copy.shown.name, route: "\(route.name) (\(reference))", what: what))
      }
      if let column = search.column(in: answer, asked: route.question) {
        found("a value of '\(column)' came out")
      }
      switch route.expectation {
      case .noSecret: break
      case .refused where answer.fault != nil && answer.rows.isEmpty: break
      case .refused: found("it was not refused")
      case .same:
        if !answer.isSame(as: try LeakAnswer(route.question, of: plain, context)) {
          found("it answers otherwise than what may be seen does")
        }
      case .sameBut(let name, let other):
        let question = route.question.replacing(name, with: other)
        let twin = try LeakAnswer(question, of: seen, context)
        if answer.text.replacing(name, with: other) != twin.text.replacing(name, with: other) {
          found("it tells that there is such")
        }
      case .silent(let name):
        if answer.forms.contains(name) { found("it tells of \(name)") }
      }
    }
    return leaks
  }
}
