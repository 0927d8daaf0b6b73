import Core
import LakeJobs

/// What all readers of a run are given.
struct ExtractionRun {
  let system: SourcesFile.SourceSystem
  let workspace: Workspace
  /// The tool that makes the commits.
  let tool: String
  /// Exactly so many rows of a table may vanish, if that is given.
  let acceptedDeletes: Int?
  /// The time of the machine, whatever time the run is said to have.
  let systemTime: () -> Timestamp
  /// Is given the name of each table before it is read.
  let progress: (String) -> Void

  var lake: Lake { workspace.lake }
}
