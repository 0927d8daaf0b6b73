import Bronze
import Core
import Delta
import LakeJobs

/// Whether a materialized view is up to date, from the names in the logs of what it is made of and
/// the record in its own: cheap, however large the tables are.
struct ViewStanding {
  private let dataset: Dataset
  private let jobs: JobFolder
  private let lake: Lake

  init(_ dataset: Dataset, jobs: JobFolder, lake: Lake) {
    self.dataset = dataset
    self.jobs = jobs
    self.lake = lake
  }

  /// Whether the view was made by the job as it is, from the versions that its inputs stand at.
  /// Not when it, or an input, is not there.
  func isCurrent() throws(Fault) -> Bool {
    guard let view = try lake.table(dataset.name).summary(),
      view.properties[TableCommit.planProperty] == dataset.digest
    else { return false }
    for input in jobs.inputs(of: dataset) {
      if let contract = jobs.contracts[input] {
        let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
        guard try view.recorded(input) == log.latest()?.endFile ?? 0 else { return false }
      } else if let version = try lake.table(input).latestVersion() {
        guard view.recorded(input) == version else { return false }
      } else if jobs.datasets[input] != nil {
        return false
      }
    }
    return true
  }
}

extension TableSummary {
  /// The version of `input` that the view's last commit was made from.
  fileprivate func recorded(_ input: LakeTableName) -> Int64? {
    transactionVersion(ViewInputs.Input.application(of: input))
  }
}
