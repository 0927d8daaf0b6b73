import Columnar
package import Core
import Engine
package import Governance
package import LakeJobs

/// What comes from what: the graph that the job files tell, with what run events tell of it.
package struct LineageMap {
  /// The last run that wrote a dataset.
  package struct LastRun: Sendable {
    package var version: String?
    package var time: Timestamp
    package var id: RunID
  }

  package let graph: LineageGraph
  package let jobs: BoundJobs
  package let rules: [QualityRule]
  /// The run events that were read, the oldest first.
  package let events: [RunEvent]
  /// Whom tables belong to, and what their properties say that columns mean.
  let owners: [DatasetName: String]
  let terms: [LineageNode: String]
  private let lastRuns: [DatasetName: LastRun]
  private let columns: [DatasetName: [String]]

  /// The map of `workspace`, whose datasets are bound as `jobs`, with run events from `first` on.
  package init(_ workspace: Workspace, _ jobs: BoundJobs, since first: CivilDate? = nil) throws {
    let step = workspace.lake.steps.begin()
    self.jobs = jobs
    let files = workspace.lake.fileSystem
    rules = try QualityFile(jobs: workspace.jobs.path, fileSystem: files).rules
    let declared = Set(workspace.jobs.tableNames.map { DatasetName("\($0)") })
    let events = try EventLog(lake: workspace.lake.root, files: files).events(since: first)
      .filter { $0.state == .complete }
    var graph = LineageGraph()
    for event in events {
      // Of declared tables the job files know better.
      for derivation in Derivation.all(of: event) where !declared.contains(derivation.output) {
        graph.add(derivation)
      }
    }
    for derivation in try SourceLineage(workspace: workspace).derivations() {
      graph.add(derivation)
    }
    for dataset in jobs.datasets { graph.add(dataset.derivation) }
    self.graph = graph
    self.events = events
    lastRuns = Self.lastRuns(events)
    columns = Self.columns(workspace, jobs)
    (owners, terms) = Self.meanings(workspace.jobs)
    step.end(
      "\(counted(graph.datasets.count, "table")) in the graph, with "
        + counted(events.count, "run event"))
  }

  /// The last run that wrote `dataset`; nil when none is known.
  package func lastRun(of dataset: DatasetName) -> LastRun? { lastRuns[dataset] }

  /// The dataset, or column of one, that `text` names; the schema may be left out where the rest
  /// is unambiguous. `.missing` with the nearest name when there is none.
  package func node(named text: String) throws(Fault) -> LineageNode {
    let wanted = text.lowercased()
    if let found = try node(wanted, { $0.description.lowercased() }) { return found }
    if let found = try node(wanted, Self.bareName) { return found }
    let parts = wanted.split(separator: ".")
    let table = parts.count > 2 ? parts.dropLast().joined(separator: ".") : wanted
    let known = datasets.map(\.description)
    throw Fault(
      .missing, "there is no table '\(table)'",
      remedy: Suggestion.remedy(
        for: table, among: known, otherwise: "use one of \(known.joined(separator: ", "))"))
  }

  /// All datasets, sorted.
  package var datasets: [DatasetName] { Set(graph.datasets).union(columns.keys).sorted() }

  private func node(
    _ wanted: String, _ name: (DatasetName) -> String
  ) throws(Fault) -> LineageNode? {
    let whole = datasets.filter { name($0) == wanted }
    if whole.count > 1 { throw Self.ambiguous(wanted, whole) }
    if let dataset = whole.first { return LineageNode(dataset) }
    guard let point = wanted.lastIndex(of: ".") else { return nil }
    let tables = datasets.filter { name($0) == wanted[..<point] }
    if tables.count > 1 { throw Self.ambiguous(String(wanted[..<point]), tables) }
    guard let dataset = tables.first else { return nil }
    let column = String(wanted[wanted.index(after: point)...])
    let known = columns[dataset] ?? graph.columns(of: dataset)
    if let found = known.first(where: { $0.lowercased() == column }) {
      return LineageNode(dataset, found)
    }
    throw Fault(
      .missing, "'\(dataset)' has no column '\(column)'",
      remedy: Suggestion.remedy(
        for: column, among: known, otherwise: "use one of \(known.joined(separator: ", "))"))
  }

  /// The name of a table without its schema.
  private static func bareName(_ dataset: DatasetName) -> String {
    String(dataset.name.lowercased().split(separator: ".").last ?? "")
  }

  private static func ambiguous(_ name: String, _ datasets: [DatasetName]) -> Fault {
    Fault(
      .usage, "'\(name)' may be \(datasets.map(\.description).joined(separator: " or "))",
      remedy: "write the schema too")
  }

  private static func lastRuns(_ events: [RunEvent]) -> [DatasetName: LastRun] {
    var runs: [DatasetName: LastRun] = [:]
    for event in events {
      for output in event.outputs {
        runs[output.name] = LastRun(
          version: output.facets[VersionFacet.self]?.version, time: event.time, id: event.run.id)
      }
    }
    return runs
  }

  private static func meanings(
    _ jobs: JobFolder
  ) -> (owners: [DatasetName: String], terms: [LineageNode: String]) {
    var owners: [DatasetName: String] = [:]
    var terms: [LineageNode: String] = [:]
    let said =
      jobs.contracts.values.flatMap { contract in
        contract.properties.map { (contract.name, $0.key, $0.value) }
      }
      + jobs.datasets.values.flatMap { dataset in
        dataset.properties.map { (dataset.name, $0.key, $0.value) }
      }
    for (table, key, value) in said {
      let name = DatasetName("\(table)")
      if key == "owner" { owners[name] = value }
      guard key.hasPrefix("term.") else { continue }
      terms[LineageNode(name, String(key.dropFirst("term.".count)))] = value
    }
    return (owners, terms)
  }

  private static func columns(
    _ workspace: Workspace, _ jobs: BoundJobs
  ) -> [DatasetName: [String]] {
    var columns: [DatasetName: [String]] = [:]
    for (name, contract) in workspace.jobs.contracts {
      columns[DatasetName("\(name)")] = contract.schema.names
    }
    for bound in jobs.datasets {
      columns[DatasetName("\(bound.dataset.name)")] = bound.schema.names
    }
    return columns
  }
}
