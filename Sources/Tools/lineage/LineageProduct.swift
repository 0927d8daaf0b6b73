import ArgumentParser
import Core
import Governance
import JSON
import Lakehouse
import TextFormats

/// The form of an answer.
enum LineageFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
  case csv
  case dot
  case mermaid
}

/// The form of an answer, with what depends on who reads it.
struct LineageForm {
  let format: LineageFormat
  let escapesFormulas: Bool
}

/// An answer in the form that was asked for.
struct LineageProduct {
  let map: LineageMap
  let form: LineageForm

  /// A walk through the graph, with the last runs of the tables it met.
  func text(of lineage: Lineage) -> String {
    let datasets = Set(([lineage.root] + lineage.reached).map(\.dataset)).sorted()
    switch form.format {
    case .text:
      let runs = runs(of: datasets)
      return runs.isEmpty ? lineage.text : "\(lineage.text)\n\(runs)"
    case .json: return JSONWriter.text(joined(lineage.json, datasets)) + "\n"
    case .csv:
      return CSVWriter.text(
        ["input", "output", "job", "influence"],
        lineage.steps.map { step in
          [step.input.description, step.output.description, step.job, step.influence?.words]
        }, escapesFormulas: form.escapesFormulas)
    case .dot: return lineage.dot
    case .mermaid: return lineage.mermaid
    }
  }

  /// What a change touches.
  func text(of impact: Impact) -> String {
    switch form.format {
    case .text: impact.text
    case .json: JSONWriter.text(impact.json) + "\n"
    case .csv:
      CSVWriter.text(
        ["kind", "name", "level", "place"],
        impact.tables.map { ["table", $0.description, nil, nil] }
          + impact.columns.map { ["column", $0.description, nil, nil] }
          + impact.warehouseTables.map { ["warehouse table", $0.description, nil, nil] }
          + impact.rules.map { ["rule", "\($0.table): \($0.name)", $0.level, $0.place] }
          + [("owner", impact.owners), ("label", impact.labels), ("term", impact.terms)]
          .flatMap { kind, mentions in
            mentions.flatMap { mention in mention.places.map { [kind, mention.name, nil, $0] } }
          },
        escapesFormulas: form.escapesFormulas)
    case .dot: impact.lineage.dot
    case .mermaid: impact.lineage.mermaid
    }
  }

  /// Throws `.verdict` where a change breaks what is promised to others.
  static func hold(_ impact: Impact) throws(Fault) {
    let broken = impact.brokenContracts
    guard !broken.isEmpty else { return }
    let names = broken.prefix(5).joined(separator: ", ")
    let more = broken.count > 5 ? " and \(broken.count - 5) more" : ""
    throw Fault(
      .verdict, "a change of '\(impact.lineage.root)' breaks what is promised: \(names)\(more)",
      remedy: "keep it as it is, or agree with those whose tables these are first")
  }

  /// The last runs as a table; empty when no run is known.
  private func runs(of datasets: [DatasetName]) -> String {
    var table = TextTable(["table", "version", "last run", "run"])
    var isEmpty = true
    for dataset in datasets {
      guard let run = map.lastRun(of: dataset) else { continue }
      isEmpty = false
      table.append([
        dataset.description, run.version ?? "", run.time.description, run.id.description,
      ])
    }
    return isEmpty ? "" : table.text
  }

  private func joined(_ json: JSONValue, _ datasets: [DatasetName]) -> JSONValue {
    guard var object = json.object else { return json }
    object["runs"] = .array(
      datasets.compactMap { dataset in
        map.lastRun(of: dataset).map { run in
          [
            "table": .string(dataset.description),
            "version": run.version.map { .string($0) } ?? .null,
            "time": .string(run.time.description), "run": .string(run.id.description),
          ]
        }
      })
    return .object(object)
  }
}
