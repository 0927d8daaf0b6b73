import Core
import Engine
import Governance
package import LakeJobs

/// The rules by which make builds each dataset after those it is made from.
package struct TableRules {
  private let jobs: JobFolder

  package init(_ jobs: JobFolder) { self.jobs = jobs }

  /// The text of a makefile: a phony target a dataset, whose recipe calls the tool of its layer in
  /// the folder that the variable BIN names.
  package func makefile() -> String {
    let rules = rules
    let targets = rules.map { quotedForMake($0.target) }.joined(separator: " ")
    return "# What each table needs, from the job files.\nexport BIN\n.PHONY: \(targets)\n\n"
      + rules.map(\.text).joined(separator: "\n")
  }

  private var rules: [MakeRule] {
    jobs.ordered.compactMap { dataset in
      tool(of: dataset).map { tool in
        MakeRule(
          "\(dataset.name)", needs(of: dataset).map(\.description),
          recipe: ["@\"$BIN/\(tool)\" \(quotedForShell("\(dataset.name)"))"])
      }
    }
  }

  private func tool(of dataset: Dataset) -> ToolName? {
    switch dataset.name.schema {
    case "silver": .bronzeToSilver
    case "gold": .silverToGold
    case "warehouse" where dataset.property("dimension") != nil: .loadDimensions
    case "warehouse" where dataset.property("fact") != nil: .loadFacts
    default: nil
    }
  }

  /// The datasets that must stand first: those that are read, and the dimensions of a fact.
  private func needs(of dataset: Dataset) -> [LakeTableName] {
    let dimensions = dataset.properties.filter { $0.key.hasPrefix("lookup.") }
      .map { property in
        LakeTableName(
          schema: dataset.name.schema,
          name: property.value.prefix { $0 != "(" && $0 != " " }.lowercased())
      }
    let known = (jobs.inputs(of: dataset) + dimensions).filter { name in
      name != dataset.name && jobs.datasets[name].flatMap(tool) != nil
    }
    return Set(known).sorted()
  }
}
