import Audit
import Core
import LakeTool
import UnixTool

extension AuditTool {
  func needs(_ console: Console) throws -> Needs {
    var needs = Needs()
    let path = lake.auditFolder.path
    needs.add(question == .rotate ? .write : .read, path: path)
    if question == .rotate { needs.add(.lock, path: "\(path)/.lock") }
    if question == .verify {
      for file in operands + head.filter({ !isHead($0) }) { needs.add(.read, path: file) }
    }
    return needs
  }

  /// Whether what `--head` was given is a head itself, and no file of them.
  private func isHead(_ text: String) -> Bool {
    AuditHead.isDigest(text.lowercased()) || AuditHead(line: text) != nil
  }
}
