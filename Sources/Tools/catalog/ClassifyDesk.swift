import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Stewardship
import TextFormats
import UnixTool

/// What `catalog classify` takes.
struct ClassifyOptions: ParsableArguments {
  @Flag(
    name: .customLong("self-check"),
    help: "of classify: try it on made-up people, print how much it finds and mistakes")
  var selfCheck = false

  @Option(help: ArgumentHelp("of classify: chooses the rows that are looked at", valueName: "N"))
  var seed: UInt64 = 1

  @Option(
    name: .customLong("min-confidence"),
    help: ArgumentHelp("of classify: propose what is at least so sure", valueName: "SHARE"))
  var minConfidence = 0.6
}

/// Proposes labels, or tells how good proposals are.
struct ClassifyDesk {
  let lake: LakeOptions
  let options: ClassifyOptions
  let console: Console

  /// Writes lines for `labels.yml`.
  func propose(for names: [String]) throws {
    if options.selfCheck { return try rehearse() }
    guard (0...1).contains(options.minConfidence) else {
      throw Fault(
        .usage, "'\(options.minConfidence)' is no share", remedy: "give a number from 0 to 1")
    }
    let workspace = try lake.workspace(console, needing: .readable)
    let proposals = try LabelProposals(
      workspace, tables: try names.map { try table($0, workspace) }, lake.queryContext(console),
      seed: options.seed, least: options.minConfidence
    ) { console.warn($0) }
    try console.output.write(proposals.yaml)
    console.say(
      "\(counted(proposals.proposals.count, "proposal")) for "
        + "\(counted(proposals.columnCount, "column")); who agrees adds them to "
        + "\(lake.jobs)/\(LabelsFile.fileName)")
  }

  /// The table of bronze or of the jobs that `name` names.
  private func table(_ name: String, _ workspace: Workspace) throws(Fault) -> LakeTableName {
    let known = workspace.jobs.tableNames
    if let table = LakeTableName(name), known.contains(table) { return table }
    let found = known.filter { $0.name == name.lowercased() }
    if found.count == 1 { return found[0] }
    throw Fault(
      .missing, "there is no table '\(name)'",
      remedy: Suggestion.remedy(
        for: name, among: known.map(\.description),
        otherwise: "write it as schema.name, or leave it out for all"))
  }

  /// Prints precision and recall; status 1 when one of them is too low.
  private func rehearse() throws {
    let rehearsal = ClassifierRehearsal(seed: options.seed)
    var table = TextTable(
      ["label", "columns", "precision", "recall"], rightAligned: [1, 2, 3])
    for (label, score) in rehearsal.scores.sorted(by: { $0.key < $1.key }) {
      table.append(Self.row(label, score))
    }
    table.append(Self.row("all", rehearsal.total))
    try console.output.write(table.text)
    try console.output.write(
      "\(counted(rehearsal.columnCount, "column")) of six languages, "
        + "\(rehearsal.decoyCount) with nothing of people, seed \(options.seed)\n")
    for mistake in rehearsal.mistakes { console.say(mistake) }
    guard rehearsal.isGood else {
      throw Fault(
        .verdict, "labels are found less well than at \(ClassifierRehearsal.least)",
        remedy: "see which columns were mistaken above")
    }
  }

  private static func row(_ label: String, _ score: ClassifierRehearsal.Score) -> [String] {
    [label, "\(score.right + score.missed)", share(score.precision), share(score.recall)]
  }

  private static func share(_ value: Double) -> String {
    let thousandths = Int((value * 1_000).rounded())
    let digits = "\(thousandths % 1_000)"
    return "\(thousandths / 1_000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }
}
