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
    guard let view = try lake.table(dataset.name).summary(), view.isMade(by: dataset) else {
      return false
    }
    let inputs = try InputVersions(of: dataset, jobs: jobs, lake: lake) { name throws(Fault) in
      try lake.table(name).latestVersion()
    }
    return inputs.areRecorded(in: view)
  }
}
