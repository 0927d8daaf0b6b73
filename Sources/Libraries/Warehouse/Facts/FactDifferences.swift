import Columnar
import Core
import Database

/// How what was delivered differs from what is stored, as SQL over the stored rows `f` and the
/// staged rows `s`, before it is applied.
struct FactDifferences {
  private let loader: FactLoader
  private let staging: Staging
  /// Conditions on the rows `f` that will go.
  private let gone: [String]
  private var load: LoadContext { loader.load }
  private var staged: String { "\(load.quoted(staging.name)) AS s" }

  init(_ loader: FactLoader, _ staging: Staging, gone: [String] = []) {
    self.loader = loader
    self.staging = staging
    self.gone = gone
  }

  /// FROM and WHERE of the stored rows that were delivered otherwise.
  var corrected: String {
    let others = loader.columns.filter { !loader.table.key.contains($0) }
    let isChanged = Milestones(loader).differing(others)
    return "FROM \(staged) \(load.dialect.joinFromFew) \(loader.name) AS f "
      + "ON \(loader.isStoredAs(staging)) WHERE \(isChanged)"
  }

  /// What changes in each period: SELECT of the period's text, the number of rows, and the change
  /// of each measure. `stored` and `delivered` are SQL for the period of `f` and of `s`.
  func byPeriod(stored: String, delivered: String, _ measures: Measures) -> String {
    let names = measures.fields.map { load.quoted($0.name) }
    func row(_ period: String, _ count: String, _ alias: String, _ sign: String) -> String {
      let values = names.map { ", \(sign)\(alias).\($0) AS \($0)" }.joined()
      return "SELECT \(period) AS period, \(count) AS changed\(values)"
    }
    let moved = "CASE WHEN \(stored) IS DISTINCT FROM \(delivered) THEN 1 ELSE 0 END"
    let isNew =
      "NOT EXISTS (SELECT 1 FROM \(loader.name) AS f WHERE \(loader.isSameGrain(staging)))"
    var parts = [
      "\(row(stored, moved, "f", "-")) \(corrected)",
      "\(row(delivered, "1", "s", "")) \(corrected)",
      "\(row(delivered, "1", "s", "")) FROM \(staged) WHERE \(isNew)",
    ]
    for condition in gone {
      parts.append(
        "\(row(stored, "1", "f", "-")) FROM \(loader.name) AS f "
          + "WHERE \(loader.isThere) AND (\(condition))")
    }
    let sums = measures.fields.map { ", \(measures.sum(of: $0, in: "d"))" }.joined()
    return
      "SELECT d.period, sum(d.changed)\(sums) FROM (\(parts.joined(separator: " UNION ALL "))) "
      + "AS d GROUP BY d.period ORDER BY d.period"
  }
}
