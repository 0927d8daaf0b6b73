import Core
import LakeTool
import UnixTool

extension LakeLog {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console)
    let isDifference = operands.first == "diff"
    for text in operands.dropFirst(isDifference ? 1 : 0).prefix(1) {
      found.read(try found.name(text))
    }
    if isDifference {
      found.add { $0.add(.write, path: "\(lake.lake)/_spill") }
      found.recordReads(sight.mayShowLabelled)
    }
    return found.needs
  }
}
