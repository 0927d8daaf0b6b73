import Core
import UnixTool

extension MedallionInit {
  func needs(_ console: Console) throws -> Needs {
    var needs = Needs()
    let folder = try FileAddress.path(folder)
    needs.add(trial.dryRun ? .read : .write, path: folder)
    return needs
  }
}
