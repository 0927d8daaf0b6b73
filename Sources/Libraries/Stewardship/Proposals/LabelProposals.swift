import Columnar
package import Core
package import Engine
import Governance
package import LakeJobs
import LakeQuery
import Lakehouse
import Refresh
import WarehouseJobs

/// Looks through the values of bronze and silver, and proposes labels for columns that nobody has
/// labelled yet.
package struct LabelProposals {
  /// What was found, by table in the order in which they were looked at.
  package private(set) var proposals: [LabelProposal] = []
  /// The columns of those tables of which nothing is said, there or in the file.
  private var silent: [LakeTableName: [String]] = [:]
  /// How many columns were looked at.
  package private(set) var columnCount = 0
  private let labels: LabelsFile?

  /// Looks at `tables`, or at all of bronze and silver that have been built. `fail` is told what is
  /// wrong with job files that it can do without, and which of `tables` cannot be read.
  package init(
    _ workspace: Workspace, tables: [LakeTableName], _ context: QueryContext, seed: UInt64,
    least confidence: Double, fail: (Fault) -> Void
  ) throws {
    labels = workspace.jobs.labels
    let jobs = try BoundJobs(workspace, complete: StarLineage.complete)
    for fault in jobs.faults { fail(fault) }
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    let sampler = ColumnSampler(catalog, context, seed: seed)
    let classifier = TableClassifier(year: Self.year(workspace.lake.clock.now))
    var found: [LineageNode: Set<String>] = [:]
    for table in tables.isEmpty ? Self.all(of: workspace) : tables {
      guard try tables.isEmpty ? Self.isBuilt(table, catalog) : true else { continue }
      workspace.lake.steps.note("\(table): looking at its columns")
      let samples = try sampler.samples(of: table)
      columnCount += samples.count
      add(table, samples, classifier.findings(samples), jobs, least: confidence, &found)
    }
  }

  private mutating func add(
    _ table: LakeTableName, _ samples: [ColumnSample],
    _ findings: [(column: String, findings: [ColumnFinding])], _ jobs: BoundJobs,
    least confidence: Double, _ found: inout [LineageNode: Set<String>]
  ) {
    let dataset = DatasetName("\(table)")
    let bound = jobs.datasets.first { $0.dataset.name == table }
    for column in Self.columns(samples) {
      let all = findings.filter { Self.top($0.column) == column }.flatMap(\.findings)
      let held = all.filter { $0.confidence >= confidence }.bestByLabel
      // What comes from a column that it is proposed for comes with that.
      let origins = (bound?.edges ?? []).filter { edge in
        edge.outputColumn == column && edge.influence.kind.isDirect
      }.reduce(into: Set<String>()) { labels, edge in
        labels.formUnion(found[LineageNode(edge.input, edge.inputColumn)] ?? [])
      }
      found[LineageNode(dataset, column)] = origins.union(held.map(\.label))
      if jobs.labels?.isSettled(column, of: table) == true { continue }
      let own = held.filter { !origins.contains($0.label) }
      let count = samples.filter { Self.top($0.name) == column }
        .reduce(0) { $0 + $1.distinct.count }
      if own.isEmpty {
        if origins.isEmpty, !column.hasPrefix("__") { silent[table, default: []].append(column) }
      } else {
        proposals.append(
          LabelProposal(table: table, column: column, findings: own, valueCount: count))
      }
    }
  }

  /// The lines that `labels.yml` would have; empty when there is nothing to propose. What nothing
  /// was found in stands as a comment, for a person to say that it is nothing.
  package var yaml: String {
    guard !proposals.isEmpty else { return "" }
    let isNew = labels?.tables.isEmpty ?? true
    var text =
      isNew ? "tables:\n" : "# Below 'tables:' of \(labels?.path ?? LabelsFile.fileName):\n"
    var written: Set<LakeTableName> = []
    for proposal in proposals where written.insert(proposal.table).inserted {
      let table = proposal.table
      let isKnown = labels?.tables[table] != nil
      text += "  \(table):"
      text += isKnown ? "  # there already\n" : "\n"
      text += proposals.filter { $0.table == table }.map(\.line).joined()
      for column in silent[table] ?? [] {
        text += "    # \(LabelProposal.quoted(column)): none\n"
      }
    }
    return text
  }

  /// The columns behind samples, members of structures taken together.
  private static func columns(_ samples: [ColumnSample]) -> [String] {
    samples.reduce(into: []) { names, sample in
      if names.last != top(sample.name) { names.append(top(sample.name)) }
    }
  }

  private static func top(_ name: String) -> String { String(name.prefix { $0 != "." }) }

  private static func all(of workspace: Workspace) -> [LakeTableName] {
    workspace.jobs.contracts.keys.sorted()
      + workspace.jobs.ordered(schema: "silver").map(\.name)
  }

  private static func isBuilt(_ table: LakeTableName, _ catalog: LakeCatalog) throws -> Bool {
    try table.schema == "bronze" || catalog.snapshot(of: table) != nil
  }

  private static func year(_ now: Timestamp) -> Double {
    1970 + Double(now.microseconds) / (365.25 * 86_400 * 1_000_000)
  }
}

extension [ColumnFinding] {
  /// Of findings of one label the surest.
  fileprivate var bestByLabel: [ColumnFinding] {
    reduce(into: []) { kept, finding in
      guard let place = kept.firstIndex(where: { $0.label == finding.label }) else {
        return kept.append(finding)
      }
      if finding.confidence > kept[place].confidence { kept[place] = finding }
    }
  }
}
