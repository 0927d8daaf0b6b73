import Core
import LakeJobs
import LakeTool
import Lakehouse
import UnixTool

extension QuarantineTool {
  /// What is shown of rows. What is exported is there to be mended, and so has its texts, unless a
  /// role may not read them.
  func rowSight(_ workspace: Workspace, _ console: Console) throws -> RowSight {
    try RowSight(
      try sight.eyes.chosen(lake, options), account: accountName(),
      key: try Secret.value(of: RoleSight.keyName, in: "\(lake.lake)/_secrets"),
      showsLabelled: sight.showsLabelled || action == .export, workspace
    ) { try BoundJobs(workspace) }
  }
}
