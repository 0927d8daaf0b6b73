import LakeTool
import OperationsTool
import UnixTool

extension OpsReport {
  func needs(_ console: Console) throws -> Needs {
    try LakeNeeds.watching(lake, place, console, outputs: [output, archive])
  }
}
