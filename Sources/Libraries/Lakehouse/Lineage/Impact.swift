import Core
import Engine
package import Governance
package import JSON
import LakeJobs

/// What a change of a dataset or column touches: what its values flow into, and what they decide
/// over.
package struct Impact {
  /// A rule that looks at something touched.
  package struct Rule: Hashable, Sendable {
    package var table: String
    package var name: String
    /// `error`, `warn`, or what happens to a row that breaks an expectation.
    package var level: String
    package var place: String
  }

  package let lineage: Lineage
  /// The datasets that are touched, the warehouse's aside.
  package let tables: [DatasetName]
  package let warehouseTables: [DatasetName]
  /// The columns that are touched one by one.
  package let columns: [LineageNode]
  package let rules: [Rule]
  /// Whom to talk to, with their tables; labels and terms of what is touched, with its columns.
  package let owners: [Mention]
  package let labels: [Mention]
  package let terms: [Mention]
  private let directColumns: Set<LineageNode>

  /// A name, and where it stands in what is touched.
  package struct Mention: Hashable, Sendable {
    package var name: String
    package var places: [String]

    init(_ name: String, _ places: [String]) {
      self.name = name
      self.places = places
    }
  }

  /// What is promised to others and would no longer be so: columns of gold and the warehouse that
  /// the values go into, or their tables where a whole table changes, and rules that stop a run or
  /// a night.
  package var brokenContracts: [String] {
    let touched =
      lineage.root.column == nil
      ? (tables + warehouseTables).map { LineageNode($0) } : directColumns.sorted()
    let published = touched.filter { node in
      Self.publicSchemas.contains { node.dataset.name.hasPrefix($0) }
    }
    return published.map(\.description)
      + rules.filter { ["error", "fail"].contains($0.level) }.map { "\($0.table): \($0.name)" }
  }

  private static let publicSchemas = ["gold.", "warehouse."]

  /// What `node` touches, in `map`.
  package init(of node: LineageNode, in map: LineageMap) throws {
    lineage = map.graph.lineage(of: node, .downstream)
    let reached = lineage.reached
    let datasets = Set(reached.map(\.dataset)).subtracting([node.dataset]).sorted()
    tables = datasets.filter { !Self.isWarehouse($0) }
    warehouseTables = datasets.filter(Self.isWarehouse)
    columns = reached.filter { $0.column != nil }
    let touched = Touched(
      whole: Set(([node] + reached).filter { $0.column == nil }.map(\.dataset)),
      columns: Set(([node] + reached).filter { $0.column != nil }))
    rules = Self.rules(touched, map)
    directColumns = Set(
      map.graph.lineage(of: node, .downstream, directOnly: true).reached.filter {
        $0.column != nil
      })
    let all = ([node] + reached).withoutRepeats
    owners = Self.mentions(
      Set(all.map(\.dataset)).sorted().map { ([map.owners[$0]].compactMap { $0 }, "\($0)") })
    labels = Self.mentions(
      all.map { node in
        let table = LakeTableName(node.dataset.name)
        let labels = node.column.flatMap { column in
          table.flatMap { map.jobs.labels(of: $0)[column] }
        }
        return (labels ?? [], node.description)
      })
    terms = Self.mentions(all.map { ([map.terms[$0]].compactMap { $0 }, $0.description) })
  }

  private static func mentions(_ found: [(names: [String], place: String)]) -> [Mention] {
    var places: [String: [String]] = [:]
    for (names, place) in found {
      for name in names { places[name, default: []].append(place) }
    }
    return places.sorted { $0.key < $1.key }.map { Mention($0.key, $0.value) }
  }

  /// The impact in lists, each under its title.
  package var text: String {
    var parts = ["\(shown("\(lineage.root)"))\n"]
    func add(_ title: String, _ lines: [String]) {
      if !lines.isEmpty { parts.append("\(title)\n" + lines.map { "  \(shown($0))\n" }.joined()) }
    }
    add("tables", tables.map(\.description))
    add("columns", columns.map(described))
    add("warehouse tables", warehouseTables.map(\.description))
    add("quality rules", rules.map { "\($0.table): \($0.name)  (\($0.level), \($0.place))" })
    if parts.count == 1 { parts.append("nothing is made from it\n") }
    for (title, mentions) in [("owners", owners), ("labels", labels), ("terms", terms)] {
      add(title, mentions.map { "\($0.name): \($0.places.joined(separator: ", "))" })
    }
    return parts.joined(separator: "\n")
  }

  /// The same as JSON.
  package var json: JSONValue {
    [
      "root": .string(lineage.root.description), "direction": "impact",
      "tables": .array(tables.map { .string($0.description) }),
      "columns": .array(columns.map { .string($0.description) }),
      "warehouse_tables": .array(warehouseTables.map { .string($0.description) }),
      "rules": .array(
        rules.map { rule in
          [
            "table": .string(rule.table), "name": .string(rule.name),
            "level": .string(rule.level), "place": .string(rule.place),
          ]
        }),
      "owners": Self.json(owners), "labels": Self.json(labels), "terms": Self.json(terms),
    ]
  }

  private static func json(_ mentions: [Mention]) -> JSONValue {
    .array(
      mentions.map { mention in
        [
          "name": .string(mention.name),
          "places": .array(mention.places.map { .string($0) }),
        ]
      })
  }

  private func described(_ column: LineageNode) -> String {
    let words = lineage.steps.filter { $0.output == column }.compactMap { $0.influence?.words }
    return "\(column)  (\(words.withoutRepeats.joined(separator: ", ")))"
  }

  private static func isWarehouse(_ dataset: DatasetName) -> Bool {
    dataset.namespace == DatasetName.tables && dataset.name.hasPrefix("warehouse.")
  }

  private static func rules(_ touched: Touched, _ map: LineageMap) -> [Rule] {
    var found: [Rule] = []
    for bound in map.jobs.datasets {
      let output = DatasetName("\(bound.dataset.name)")
      for rule in bound.rules {
        let nodes = rule.sources + rule.columns.map { LineageNode(output, $0) }
        guard nodes.contains(where: touched.contains) else { continue }
        found.append(
          Rule(
            table: output.name, name: rule.expectation.name,
            level: rule.expectation.violation.rawValue,
            place: rule.expectation.place.description))
      }
    }
    for rule in map.rules where looks(rule, at: touched, map) {
      found.append(
        Rule(
          table: rule.table.description, name: rule.name, level: rule.severity.rawValue,
          place: rule.place.description))
    }
    return found
  }

  private static func looks(
    _ rule: QualityRule, at touched: Touched, _ map: LineageMap
  ) -> Bool {
    let table = DatasetName("\(rule.table)")
    switch rule.kind {
    case .sql(let text): return query(text, of: rule, looksAt: touched, map)
    case .rowCount: return touched.whole.contains(table)
    case .references(_, let other, let columns):
      let nodes = columns.map { LineageNode(DatasetName("\(other)"), $0) }
      if nodes.contains(where: touched.contains) { return true }
    default: break
    }
    return rule.kind.columns.contains { touched.contains(LineageNode(table, $0)) }
  }

  /// A query that cannot be bound (it asks for columns that a loader adds) looks at all columns of
  /// the tables it names.
  private static func query(
    _ text: String, of rule: QualityRule, looksAt touched: Touched, _ map: LineageMap
  ) -> Bool {
    do {
      let query = try SQLScript.parseQuery(text: text, file: rule.place.file)
      do {
        return try map.jobs.sources(of: query).contains(where: touched.contains)
      } catch {
        return query.readTables.contains { touched.hasPart(of: DatasetName($0.description)) }
      }
    } catch {
      return touched.hasPart(of: DatasetName("\(rule.table)"))
    }
  }
}

/// Datasets that are touched as a whole, and columns that are touched one by one.
private struct Touched {
  var whole: Set<DatasetName>
  var columns: Set<LineageNode>

  func contains(_ node: LineageNode) -> Bool {
    whole.contains(node.dataset) || columns.contains(node)
  }

  func hasPart(of dataset: DatasetName) -> Bool {
    whole.contains(dataset) || columns.contains { $0.dataset == dataset }
  }
}
