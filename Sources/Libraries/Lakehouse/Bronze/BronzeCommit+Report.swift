import Governance

extension BronzeCommit {
  /// What the commit did, for the run event.
  package func report(of contract: BronzeContract, job: String) -> CommitReport {
    let rowCount = files.reduce(0) { $0 + $1.rowCount }
    return CommitReport(
      table: contract.name, job: job, version: "\(version)", schema: contract.schema,
      fileFormat: contract.format,
      change: ChangeFacet(
        inserted: rowCount, quarantined: rejected.reduce(0) { $0 + $1.rowCount }),
      written: DataSize(
        rowCount: rowCount, byteCount: files.reduce(0) { $0 + $1.byteCount },
        fileCount: files.count),
      inputs: inputs.map { input in
        CommitReport.Input(DatasetName(input.name, in: "file"), version: input.digest)
      })
  }
}
