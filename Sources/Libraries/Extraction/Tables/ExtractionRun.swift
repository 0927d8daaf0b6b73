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
  /// What to do for a table whose state is gone.
  var resumption: Resumption?
  /// The time of the machine, whatever time the run is said to have.
  let systemTime: () -> Timestamp
  /// Is given the name of each table before it is read.
  let progress: (String) -> Void

  var lake: Lake { workspace.lake }
}

/// What to do for a table whose rows bronze has, but not the state that says how far they reach.
package enum Resumption: String, Sendable, CaseIterable {
  /// Its rows are read once more, and those taken that bronze does not have so.
  case rebuild
  /// What comes after the last that bronze has is taken.
  case adopt
}
