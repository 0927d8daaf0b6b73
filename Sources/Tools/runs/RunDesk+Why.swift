import Core
import LakeJobs
import Operations
import Runs
import UnixTool

extension RunDesk {
  /// Which run built a table and of what, or what it waits for.
  func why() throws {
    guard let name = names.first, names.count <= 2 else {
      throw Fault(.usage, "one table is to be named", remedy: "call 'runs why TABLE [INTERVAL]'")
    }
    var interval = choice.interval
    if names.count == 2 {
      guard let given = RunInterval(names[1]) else {
        throw Fault(
          .usage, "'\(names[1])' is no interval", remedy: "write a day, or START/END")
      }
      interval = given
    }
    let workspace = try Workspace(lake: lake, jobsFolder: jobsFolder, needing: .readable)
    var makers = TableMakers(workspace.jobs, try? workspace.sources()).makers
    // A job file that cannot be read says nothing of its table: runs of its layer tell of it.
    if let lost = LakeTableName(name), makers["\(lost)"] == nil, !workspace.jobs.faults.isEmpty {
      for fault in workspace.jobs.faults { console.warn(fault) }
      makers["\(lost)"] = TableWhy.Maker(
        "\(lost)", jobs: ["\(lost)"] + TableMakers.parts(of: lost.schema), inputs: [])
    }
    let known = makers.keys.sorted()
    let found =
      known.contains(name.lowercased())
      ? [name.lowercased()] : known.filter { $0.hasSuffix(".\(name.lowercased())") }
    guard found.count < 2 else {
      throw Fault(
        .usage, "'\(name)' is a name of \(found.joined(separator: ", "))",
        remedy: "give the schema with it")
    }
    guard let table = found.first else {
      throw Fault(
        .missing, "there is no table '\(name)'",
        remedy: Suggestion.remedy(
          for: name, among: known, otherwise: "use one of \(known.joined(separator: ", "))"))
    }
    let answer = try TableWhy(
      table, interval, makers: makers, schedule: schedule.jobs, at: now, in: kept())
    try console.output.write(report.format == .text ? words(answer) : form(answer))
    if let root = answer.root {
      console.fail(
        Fault(
          .verdict, "\(table) waits for \(root.table)", remedy: "see 'runs show \(root.run.runID)'")
      )
    } else if let missed = answer.missed.last {
      console.fail(
        Fault(
          .verdict, "\(table) waits for a run of \(missed.job)",
          remedy: "see 'runs missing', and run it"))
    }
  }

  private func words(_ answer: TableWhy) -> String {
    var lines: [String] = []
    let of = answer.interval.map { " \($0)" } ?? ""
    if let run = answer.builtBy {
      let version = run.versionsOut[answer.table].map { ", version \($0)" } ?? ""
      lines.append(
        "\(answer.table)\(of): built by run \(run.runID) of \(run.job) at "
          + "\((run.endedAt ?? run.startedAt).ledgerText)\(version)")
      for (name, version) in answer.builtFrom.sorted(by: { $0.key < $1.key }) {
        lines.append("  from \(name) version \(version)")
      }
    } else {
      lines.append("\(answer.table)\(of): not built by any run that is known")
    }
    for wait in answer.waits {
      let end = wait.run.exitStatus.map { "failed with exit \($0)" } ?? "was killed"
      let subject =
        wait.table == answer.table ? "not built since:" : "it waits for \(wait.table):"
      lines.append(
        "  \(subject) run \(wait.run.runID) of \(wait.run.job) \(end)"
          + (wait.run.cause.map { ": \($0)" } ?? ""))
    }
    for missed in answer.missed {
      let subject =
        missed.table == answer.table ? "not built since:" : "it waits for \(missed.table):"
      lines.append(
        "  \(subject) no run of \(missed.job) has begun for \(missed.interval)\(due(missed))")
    }
    return lines.map { shown($0) + "\n" }.joined()
  }

  /// `, due by TIME, and for 2 intervals more`.
  private func due(_ missed: MissedRun) -> String {
    let more = missed.count > 1 ? ", and for \(counted(missed.count - 1, "interval")) more" : ""
    return (missed.deadline.map { ", due by \($0.ledgerText)" } ?? "") + more
  }

  private func form(_ answer: TableWhy) -> String {
    var table = ReportTable(
      ["what", "table", "run", "job", "state", "exit", "cause"], numbers: [5])
    if let run = answer.builtBy {
      table.rows.append([
        "built", answer.table, run.runID, run.job, "done", run.exitStatus.map(String.init), nil,
      ])
    }
    for wait in answer.waits {
      table.rows.append([
        "waits", wait.table, wait.run.runID, wait.run.job, wait.state.rawValue,
        wait.run.exitStatus.map(String.init), wait.run.cause,
      ])
    }
    for missed in answer.missed {
      table.rows.append([
        "waits", missed.table, nil, missed.job, "missing", nil,
        "no run has begun for \(missed.interval)\(due(missed))",
      ])
    }
    return table.text(report)
  }
}

/// Which jobs make each table of a job folder, and of what.
struct TableMakers {
  private(set) var makers: [String: TableWhy.Maker] = [:]

  /// What all parts are parts of, as the Makefile has it.
  private static let wholes = ["refresh"]

  /// `sources` say by which part of a refresh a bronze table is filled; without them it is any.
  init(_ jobs: JobFolder, _ sources: SourcesFile? = nil) {
    for contract in jobs.contracts.values {
      let name = contract.name.description
      makers[name] = TableWhy.Maker(
        name, jobs: [name] + Self.parts(filling: contract, sources),
        wholes: Self.wholes, inputs: [])
    }
    for dataset in jobs.ordered {
      let name = dataset.name.description
      let inputs = (jobs.inputs(of: dataset) + dataset.lookedUpTables).map(\.description)
      makers[name] = TableWhy.Maker(
        name, jobs: [name, Self.part(of: dataset)], wholes: Self.wholes,
        inputs: inputs.filter { $0 != name })
    }
  }

  private static func parts(filling contract: BronzeContract, _ sources: SourcesFile?) -> [String] {
    let landing = sources?.landings.first { contract.folder.hasSuffix("/\($0.name)/\($0.entity)") }
    if let landing { return [landing.tool == "ingest-pos" ? "stream-intake" : "batch-files"] }
    let isExtracted = sources?.systems.contains { system in
      system.tables.contains { contract.folder.hasSuffix("/\(system.name)/\($0.name)") }
    }
    return isExtracted == true ? ["change-capture"] : parts(of: "bronze")
  }

  /// The parts of a refresh that make tables of a schema.
  static func parts(of schema: String) -> [String] {
    switch schema {
    case "bronze": ["stream-intake", "batch-files", "change-capture"]
    case "silver": ["bronze-to-silver"]
    case "gold": ["silver-to-gold"]
    default: ["dimensions", "facts"]
    }
  }

  /// The part of a refresh that makes a table, as the Makefile calls it.
  static func part(of dataset: Dataset) -> String {
    switch dataset.name.schema {
    case "silver": "bronze-to-silver"
    case "gold": "silver-to-gold"
    default: dataset.property("fact") != nil ? "facts" : "dimensions"
    }
  }
}
