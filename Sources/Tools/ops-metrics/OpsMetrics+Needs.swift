import LakeTool
import OperationsTool
import UnixTool

extension OpsMetrics {
  func needs(_ console: Console) throws -> Needs {
    try LakeNeeds.watching(lake, place, console, outputs: [output])
  }
}
