package import Bronze
import Core
package import Ingest
package import LakeJobs

extension QuarantineTable {
  /// Has rows go the normal way once more: lines that did not get into bronze at once, rows of a
  /// job with its next run. `retakeChanges` is the way of those that tell changes of a database,
  /// which is not known here.
  package func replay(
    _ rows: [ReplayRequest], _ reason: ReplayLog.Reason, tool: String, threads: Int,
    retakeChanges: ((BronzeContract) throws -> ReplayResult)? = nil
  ) throws -> ReplayResult {
    switch origin {
    case .door(let contract):
      switch try door(of: contract) {
      case .files:
        let ingest = try FileIngest(
          lake: workspace.lake, contract: contract, tool: tool, rejectLimit: 1,
          threadCount: threads, systemTime: { workspace.lake.clock.now })
        return try ingest.retake(rows, reason)
      case .events:
        let ingest = EventIngest(
          lake: workspace.lake, contract: contract, tool: tool,
          requiredFields: EventIngest.envelope, rejectLimit: 1, threadCount: threads)
        return try ingest.retake(rows, reason)
      case .changes:
        guard let retakeChanges else {
          throw Fault(
            .configuration, at: contract.place, "changes of databases are not replayed here",
            remedy: "use quarantine replay")
        }
        return try retakeChanges(contract)
      }
    case .job(let dataset):
      let entries = try rows.map { try entry($0, dataset) }
      let count = try ReplayLog(of: dataset.name, workspace.lake).append(
        entries, reason, tool: tool)
      return ReplayResult(count: count)
    case .former:
      throw Fault(
        .configuration, at: Place("\(name)"),
        "no job file that can be read names the table of these rows",
        remedy: "bring its job back, or mend the rows where they came from")
    }
  }

  /// The door that its rows came by: only files are CSV.
  private func door(of contract: BronzeContract) throws(Fault) -> BronzeDoor {
    if contract.format == "csv" { return .files }
    let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    return try log.lastDoor() ?? (contract.format == "json" ? .events : .files)
  }

  private func entry(_ replay: ReplayRequest, _ dataset: Dataset) throws -> ReplayLog.Entry {
    let row = replay.row
    guard !dataset.flows.isEmpty, row.sourceLine > 0, row.sourceRow > 0, !row.sourceFile.isEmpty
    else {
      throw Fault(
        .configuration, at: Place("\(name)"),
        "row \(row.id.short) does not tell the line of bronze that it came from",
        remedy: "mend what it is made of, and run with --full-refresh")
    }
    let streams = workspace.jobs.tables(readBy: dataset.flows.flatMap(\.readTables))
      .compactMap { workspace.jobs.contracts[$0] }
    for contract in streams
    where BronzeTable.contract(contract, mayHold: row.sourceFile, in: workspace.lake) {
      let table = try BronzeTable(contract, lake: workspace.lake)
      guard let file = table.files.first(where: { $0.name == row.sourceFile }) else { continue }
      let flow = try flow(of: row, dataset, reading: contract)
      return ReplayLog.Entry(
        id: row.id, raw: replay.raw, sourceFile: row.sourceFile, sourceLine: row.sourceLine,
        sourceRow: row.sourceRow, bronze: contract.name,
        header: contract.format == "csv"
          ? try table.reader.header(of: file) : nil, flow: flow)
    }
    throw Fault(
      .missing, at: Place(row.sourceFile, line: Int(row.sourceLine)),
      "no bronze table that \(dataset.name) streams has this file",
      remedy: "see which version of the jobs set the row aside")
  }

  /// The flow that made a row of `contract`, and is to make it once more.
  private func flow(
    of row: QuarantinedRow, _ dataset: Dataset, reading contract: BronzeContract
  ) throws(Fault) -> String {
    let readers = dataset.flows.filter { flow in
      workspace.jobs.tables(readBy: flow.readTables).contains(contract.name)
    }.map(\.name)
    if let name = row.flow, readers.contains(name) { return name }
    guard readers.count == 1 else {
      throw Fault(
        .configuration, at: Place("\(dataset.name)"),
        "\(readers.count) flows read \(contract.name): which of them made row "
          + "\(row.id.short) is not known",
        remedy: "mend the rule or the data, and run with --full-refresh")
    }
    return readers[0]
  }
}
