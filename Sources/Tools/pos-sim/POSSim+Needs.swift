import Core
import UnixTool

extension POSSim {
  func needs(_ console: Console) throws -> Needs {
    var needs = Needs()
    switch source {
    case .events: needs.add(output: tills.output)
    case .orders, .rewards:
      if case .file(let path) = try databases.form() { needs.add(.write, path: path) }
    }
    return needs
  }
}
