package import Core
package import Engine
import Governance
package import LakeJobs
import Lakehouse
package import WarehouseJobs

/// Puts together what job folder, glossary, lake, warehouse and run events say.
///
/// 1. The job folder declares most entries: their columns, and what these are made from.
/// 2. The lake and the warehouse say how they stand, and which others there are.
/// 3. Run events tell who wrote them last, and how their rules fared.
/// 4. The glossary says what they mean and whose they are.
/// 5. The memory knows when they were first seen, and those that are not there.
package struct CatalogGatherer {
  /// What is looked at.
  package struct Options {
    /// Where the warehouse is; nil leaves it out.
    package var warehouse: WarehousePlace?
    /// Who knows what columns hold; nil asks the labels of the job folder.
    package var sensitivity: (any SensitivityBook)?
    /// What sample values may take of the machine; nil takes none.
    package var samples: QueryContext?
    /// Of how many days run events are read.
    package var days = 30

    package init() {}
  }

  private let workspace: Workspace
  private let options: Options
  private let warn: (Fault) -> Void

  /// Looks at `workspace`; `warn` is told what is wrong with parts that the rest can do without.
  package init(
    _ workspace: Workspace, _ options: Options = Options(), warn: @escaping (Fault) -> Void
  ) {
    self.workspace = workspace
    self.options = options
    self.warn = warn
  }

  /// All there is.
  package func catalog() throws -> TableCatalog {
    let lake = workspace.lake
    let jobs = try BoundJobs(workspace, complete: StarLineage.complete)
    for fault in jobs.faults { warn(fault) }
    let map = try LineageMap(
      workspace, jobs, since: lake.clock.now.date.adding(days: -options.days))
    let commits = try CatalogLog(lake: lake.root, files: lake.fileSystem).commits()
    let memory = CatalogMemory(commits)
    let glossary = try workspace.glossary()
    let sensitivity =
      options.sensitivity ?? LabelledColumns(jobs, Array(workspace.jobs.tableNames))
    var (entries, blind) = look(jobs, memory, sensitivity)
    add(map, to: &entries)
    entries = Descriptions.add(to: entries, glossary, sensitivity)
    describeSources(&entries)
    addSamples(&entries, sensitivity)
    let faults = workspace.jobs.faults + jobs.faults
    if let fault = faults.first {
      blind.append(CatalogLook.BlindSpot(nil, "the job files cannot be read: \(fault.problem)"))
    }
    return TableCatalog(
      CatalogLook(entries, blindSpots: blind), memory, glossary, map, at: lake.clock.now)
  }

  private func look(
    _ jobs: BoundJobs, _ memory: CatalogMemory, _ sensitivity: any SensitivityBook
  ) -> ([CatalogEntry], [CatalogLook.BlindSpot]) {
    let declared = DeclaredEntries(workspace: workspace, jobs: jobs)
    var entries = declared.tables()
    var blind: [CatalogLook.BlindSpot] = []
    do {
      entries += try declared.sources()
    } catch {
      warn(error)
      blind.append(CatalogLook.BlindSpot("source", LakeLook.words(error)))
    }
    blind += LakeLook(
      workspace: workspace, sensitivity: sensitivity, memory: memory
    ).fill(&entries)
    if let warehouse = options.warehouse {
      blind += WarehouseLook(workspace: workspace, place: warehouse).fill(&entries)
    } else {
      blind.append(CatalogLook.BlindSpot("warehouse", "the warehouse was not asked"))
    }
    return (entries, blind)
  }

  /// What comes from what, by the names of entries; the rules of `quality`; what events tell.
  private func add(_ map: LineageMap, to entries: inout [CatalogEntry]) {
    let names = Dictionary(
      entries.map { ($0.dataset, $0.name) }, uniquingKeysWith: { first, _ in first })
    let graph = map.graph
    let copies = entries.filter { $0.layer == "bronze" }.map(\.dataset)
    let events = EventLook(map.events)
    for index in entries.indices {
      let node = LineageNode(entries[index].dataset)
      func neighbours(_ direction: LineageGraph.Direction) -> [String] {
        graph.lineage(of: node, direction, depth: 1).reached.map(\.dataset)
          .filter { $0 != node.dataset }.map { names[$0] ?? $0.description }
      }
      entries[index].upstream = Set(entries[index].upstream + neighbours(.upstream)).sorted()
      entries[index].downstream = Set(neighbours(.downstream)).sorted()
      for rule in map.rules where "\(rule.table)" == entries[index].name {
        entries[index].rules.append(
          CatalogEntry.Rule(
            rule.name, level: rule.severity.rawValue, rule.kind.words, place: "\(rule.place)",
            columns: rule.kind.columns))
      }
      events.fill(&entries[index])
      if copies.contains(entries[index].dataset) { addOrigins(graph, names, &entries[index]) }
    }
  }

  /// A bronze table that copies a source has that table's columns.
  private func addOrigins(
    _ graph: LineageGraph, _ names: [DatasetName: String], _ entry: inout CatalogEntry
  ) {
    for index in entry.columns.indices {
      let node = LineageNode(entry.dataset, entry.columns[index].name)
      entry.columns[index].origins = graph.lineage(of: node, .upstream, depth: 1).steps
        .compactMap { step in
          guard let column = step.input.column, let influence = step.influence,
            influence.kind.isDirect, let table = names[step.input.dataset]
          else { return nil }
          return CatalogColumn.Origin(table, column, influence.words)
        }
    }
  }

  /// What a copy in bronze says of a column, it says of the source's.
  private func describeSources(_ entries: inout [CatalogEntry]) {
    for index in entries.indices where entries[index].layer == "source" {
      guard let copy = entries.first(where: { $0.upstream.contains(entries[index].name) }) else {
        continue
      }
      for position in entries[index].columns.indices {
        let name = entries[index].columns[position].name
        entries[index].columns[position].type = copy.column(named: name)?.type
        entries[index].columns[position].description =
          entries[index].columns[position].description ?? copy.column(named: name)?.description
      }
      entries[index].description = entries[index].description ?? copy.description
    }
  }

  private func addSamples(
    _ entries: inout [CatalogEntry], _ sensitivity: any SensitivityBook
  ) {
    guard let context = options.samples else { return }
    let look = SampleLook(workspace, options.warehouse, context, sensitivity)
    for index in entries.indices {
      do {
        try look.fill(&entries[index])
      } catch {
        warn(error as? Fault ?? Fault(.internal, "\(error)", remedy: "report it"))
      }
    }
  }
}

extension QualityRule.Kind {
  /// What is asked, in words.
  fileprivate var words: String {
    if case .sql(let query) = self { return query }
    return ([word] + columns).joined(separator: " ")
  }
}
