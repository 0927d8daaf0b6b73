package import Bronze
import Governance
package import LakeJobs

extension BronzeCommit {
  /// What the commit did, for the run event; besides what it holds `repeatedCount` records came
  /// that were taken before, and `news` is what the events tell of those that sent them.
  package func report(
    of contract: BronzeContract, job: String, repeatedCount: Int = 0,
    news: TillNews = TillNews()
  ) -> CommitReport {
    let rowCount = files.reduce(0) { $0 + $1.rowCount }
    let rejectedCount = rejected.reduce(0) { $0 + $1.rowCount }
    var report = CommitReport(
      table: contract.name, job: job, version: "\(version)", schema: contract.schema,
      fileFormat: contract.format,
      change: ChangeFacet(
        inserted: rowCount, quarantined: rejectedCount,
        read: rowCount + rejectedCount + repeatedCount, duplicates: repeatedCount),
      written: DataSize(
        rowCount: rowCount, byteCount: files.reduce(0) { $0 + $1.byteCount },
        fileCount: files.count),
      inputs: inputs.map { input in
        CommitReport.Input(
          DatasetName(input.name, in: input.isOfTopic ? "kafka" : "file"), version: input.digest,
          rowCount: input.survey?.recordCount, sums: input.survey?.sums ?? [:],
          drift: input.survey?.drift ?? [])
      })
    report.setAside = setAside
    report.clockSkew = news.clockSkewFacet
    report.sequenceGaps = news.sequenceGapsFacet
    return report
  }
}
