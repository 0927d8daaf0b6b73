import LakeJobs
import LakeTool
import UnixTool

extension LakeKeys {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: action == .show)
    let keys = "\(lake.lake)/_keys"
    found.add { needs in
      if let place = lake.keys, !place.hasPrefix("command:") {
        needs.add(action == .make ? .write : .read, path: place)
      }
      if action != .make { needs.add(action == .show ? .read : .write, path: keys) }
    }
    if let renew { found.write(try found.name(renew)) }
    found.record()
    return found.needs
  }
}
