package import Core
import Delta
package import LakeJobs

/// Up to which version others have read each table: views by what their commits recorded, the
/// warehouse by its ledger. What a table did since then they are still to be told, and the files
/// that it removed since tell it.
package struct TableReaders: Sendable {
  /// A reader, and the version it stands at.
  package struct Reader: Sendable {
    package let name: String
    package let version: Int64
  }

  private var readers: [LakeTableName: [Reader]] = [:]

  /// The readers in the job folder, and those of a store beside the lake: what each of its tables
  /// was `loaded` from, as a ledger has it: `silver.sales@4 silver.stores@2~0badc0ffee`.
  package init(
    _ workspace: Workspace, loaded: [(table: String, inputs: String)] = []
  ) throws(Fault) {
    for dataset in workspace.jobs.ordered {
      guard let view = try workspace.lake.table(dataset.name).summary() else { continue }
      for input in workspace.jobs.inputs(of: dataset) {
        guard let version = view.transactionVersion("input:\(input)") else { continue }
        note(input, "\(dataset.name)", version)
      }
    }
    for (table, inputs) in loaded {
      for part in inputs.split(separator: " ") {
        guard let at = part.lastIndex(of: "@"), let input = LakeTableName(String(part[..<at])),
          let version = Int64(part[part.index(after: at)...].prefix { $0 != "~" })
        else { continue }
        note(input, "warehouse.\(table)", version)
      }
    }
  }

  /// The reader that is farthest behind with `table`; nil when nobody reads it.
  package func last(of table: LakeTableName) -> Reader? {
    readers[table]?.min { ($0.version, $0.name) < ($1.version, $1.name) }
  }

  private mutating func note(_ table: LakeTableName, _ reader: String, _ version: Int64) {
    readers[table, default: []].append(Reader(name: reader, version: version))
  }
}
