import Core
import LakeJobs
import LakeTool
import Operations
import UnixTool

extension AlertTool {
  /// Who tells by channels, with the secrets of this lake.
  func courier(_ lakehouse: Lake, _ console: Console) -> Courier {
    let seconds = max(1, patience?.duration.components.seconds ?? 20)
    return Courier(
      lakehouse.fileSystem, clock: console.presentClock, patience: Int(seconds)
    ) { text throws(Fault) in
      try Secret.resolve(text, in: "\(lakehouse.root)/_secrets")
    }
  }
}
