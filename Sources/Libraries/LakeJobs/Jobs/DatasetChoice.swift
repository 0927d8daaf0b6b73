package import Core
package import Governance

/// Which datasets of a schema a run is to work on, each after those it reads.
package struct DatasetChoice {
  private let jobs: JobFolder
  private let schema: String

  private static let tools = [
    "silver": "\(ToolName.bronzeToSilver)", "gold": "\(ToolName.silverToGold)",
    "warehouse": "\(ToolName.loadDimensions) or \(ToolName.loadFacts)",
  ]

  /// A choice among the datasets of `schema` that `jobs` declare.
  package init(among jobs: JobFolder, schema: String) {
    self.jobs = jobs
    self.schema = schema
  }

  /// The datasets called `names`, or all when there are none.
  package func datasets(named names: [String]) throws(Fault) -> [Dataset] {
    let all = jobs.ordered(schema: schema)
    if names.isEmpty { return all }
    var wanted: Set<LakeTableName> = []
    for text in names {
      guard let name = LakeTableName(text, defaultSchema: schema),
        all.contains(where: { $0.name == name })
      else {
        if let other = LakeTableName(text), jobs.datasets[other] != nil {
          throw Fault(
            .missing, "'\(other)' is no table of \(schema)",
            remedy: "bring it up to date with \(Self.tools[other.schema] ?? "its own tool")")
        }
        let known = all.map(\.name.description).joined(separator: ", ")
        throw Fault(
          .missing, "there is no job for '\(text)' in \(schema)", remedy: "use one of \(known)")
      }
      wanted.insert(name)
    }
    return all.filter { wanted.contains($0.name) }
  }

  /// The datasets that read, directly or through others of the schema, what `events` wrote.
  package func datasets(fedBy events: [RunEvent]) -> [Dataset] {
    var fresh = Set(events.flatMap(\.tables))
    return jobs.ordered(schema: schema).filter { dataset in
      let isFed = jobs.inputs(of: dataset).contains { fresh.contains($0) }
      if isFed { fresh.insert(dataset.name) }
      return isFed
    }
  }
}
