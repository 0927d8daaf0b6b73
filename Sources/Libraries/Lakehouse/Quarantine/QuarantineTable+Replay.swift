import Core

extension QuarantineTable {
  /// A row to be replayed, perhaps with another text.
  package struct Replay: Sendable {
    package var row: QuarantinedRow
    package var raw: [UInt8]

    package init(_ row: QuarantinedRow, raw: [UInt8]? = nil) {
      self.row = row
      self.raw = raw ?? row.raw
    }
  }

  /// Has rows go the normal way once more: lines that did not get into bronze at once, rows of a
  /// job with its next run. Gives how many, and the commit that was made in bronze and what its
  /// events tell; what was replayed before is passed over.
  package func replay(
    _ rows: [Replay], _ reason: ReplayLog.Reason, tool: String, threads: Int
  ) throws -> EventIngest.Retaken {
    switch origin {
    case .door(let contract):
      let ingest = EventIngest(
        lake: workspace.lake, contract: contract, tool: tool,
        requiredFields: EventIngest.envelope, rejectLimit: 1, threadCount: threads)
      return try ingest.retake(rows, reason)
    case .job(let dataset):
      let entries = try rows.map { try entry($0, dataset) }
      let count = try ReplayLog(of: dataset.name, workspace.lake).append(
        entries, reason, tool: tool)
      return EventIngest.Retaken(count: count)
    }
  }

  private func entry(_ replay: Replay, _ dataset: Dataset) throws -> ReplayLog.Entry {
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
    let files = workspace.lake.fileSystem
    for contract in streams
    where try BronzeTable.contract(contract, mayHold: row.sourceFile, in: workspace.lake)
      && files.exists("\(workspace.lake.root)/\(row.sourceFile)")
    {
      guard contract.format != "csv" else {
        throw Fault(
          .configuration, at: Place(row.sourceFile, line: Int(row.sourceLine)),
          "a record of a CSV file does not stand for itself",
          remedy: "mend the file, and take it with ingest-files")
      }
      let readers = dataset.flows.filter { flow in
        workspace.jobs.tables(readBy: flow.readTables).contains(contract.name)
      }
      guard readers.count == 1 else {
        throw Fault(
          .configuration, at: Place("\(dataset.name)"),
          "\(readers.count) flows read \(contract.name): which of them made row "
            + "\(row.id.short) is not known",
          remedy: "mend the rule or the data, and run with --full-refresh")
      }
      return ReplayLog.Entry(
        id: row.id, raw: replay.raw, sourceFile: row.sourceFile, sourceLine: row.sourceLine,
        sourceRow: row.sourceRow, bronze: contract.name)
    }
    throw Fault(
      .missing, at: Place(row.sourceFile, line: Int(row.sourceLine)),
      "no bronze table that \(dataset.name) streams has this file",
      remedy: "see which version of the jobs set the row aside")
  }
}
