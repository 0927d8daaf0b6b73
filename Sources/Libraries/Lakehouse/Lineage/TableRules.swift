import Core
import Engine
import Governance
package import LakeJobs

/// The rules by which make builds each dataset after those it is made from.
package struct TableRules {
  private let jobs: JobFolder

  package init(_ jobs: JobFolder) { self.jobs = jobs }

  /// The text of a makefile: a phony target a dataset, whose recipe calls the tool of its layer in
  /// the folder that the variable BIN names, as a run of the job that is called like the table; and
  /// `history`, all dimensions that keep versions.
  package func makefile() -> String {
    let rules = rules
    let targets = (rules.map { quotedForMake($0.target) } + ["history"]).joined(separator: " ")
    let history = MakeRule("history", versionedDimensions, recipe: ["@:"])
    return "# What each table needs, from the job files.\nexport BIN\n.PHONY: \(targets)\n\n"
      + (rules + [history]).map(\.text).joined(separator: "\n")
  }

  private var versionedDimensions: [String] {
    jobs.ordered.filter { $0.name.schema == "warehouse" && $0.property("dimension") == "scd2" }
      .map(\.name.description)
  }

  /// A call of a tool on a table, as a run of its job where there is run-job.
  private func call(_ tool: ToolName, _ table: LakeTableName) -> String {
    let name = quotedForShell("\(table)")
    let call = "\"$BIN/\(tool)\" \(name)"
    return "@[ ! -x \"$BIN/run-job\" ] || exec \"$BIN/run-job\" \(name) "
      + "--retries \"${RETRIES:-0}\" --wait 60s -- \(call); exec \(call)"
  }

  private var rules: [MakeRule] {
    jobs.ordered.compactMap { dataset in
      tool(of: dataset).map { tool in
        MakeRule(
          "\(dataset.name)", needs(of: dataset).map(\.description),
          recipe: [call(tool, dataset.name)])
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
