import Audit
import Core
import JSON
import LakeTool
import UnixTool

extension AuditTool {
  /// Goes through all entries; a `.verdict` at the first link that does not hold.
  func verify(_ console: Console) throws {
    let folder = lake.auditFolder
    var heads: [(head: AuditHead, place: Place)] = []
    var digests: Set<String> = []
    for text in head {
      if AuditHead.isDigest(text.lowercased()) {
        digests.insert(text.lowercased())
      } else if let head = AuditHead(line: text) {
        heads.append((head, Place("--head")))
      } else {
        heads += try AuditHead.heads(in: try FileAddress.path(text), LocalFileSystem())
      }
    }
    let earlier = try operands.map { text throws(Fault) in try FileAddress.path(text) }
    var check = try AuditCheck(of: folder, behind: earlier, reaching: heads, digests: digests)
    let standing = try check.run()
    switch report.format {
    case .json: try console.output.write(JSONWriter.text(json(standing)) + "\n")
    case .text, .csv: for line in lines(standing) { try console.write(line) }
    }
  }

  private func lines(_ standing: AuditCheck.Standing) -> [String] {
    guard let first = standing.first, let last = standing.last else {
      return ["no entry yet"]
    }
    let count = standing.entryCount
    var lines = [
      "\(count == 1 ? "1 entry" : "\(count) entries") in \(counted(standing.fileCount, "file")), "
        + "unbroken from \(first) to \(last)"
    ]
    if standing.mendedCount > 0 {
      lines.append(
        "\(counted(standing.mendedCount, "time")) a crash left bytes that are no entry, "
          + "as the entry behind them tells")
    }
    lines.append("head: \(standing.head.line)")
    return lines
  }

  private func json(_ standing: AuditCheck.Standing) -> JSONValue {
    [
      "entries": JSONValue(standing.entryCount), "files": JSONValue(standing.fileCount),
      "mended": JSONValue(standing.mendedCount),
      "first": standing.first.map { .string("\($0)") } ?? .null,
      "last": standing.last.map { .string("\($0)") } ?? .null,
      "number": JSONValue(standing.head.number), "digest": .string(standing.head.digest),
    ]
  }
}
