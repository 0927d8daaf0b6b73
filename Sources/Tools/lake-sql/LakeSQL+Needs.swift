import Core
import Engine
import LakeJobs
import LakeQuery
import LakeTool
import UnixTool
import WarehouseTool

extension LakeSQL {
  /// The formats that name a file where a query says `csv.`prices.csv``.
  private static let fileFormats: Set<String> = ["csv", "json", "parquet", "text", "delta"]

  func needs(_ console: Console) throws -> Needs {
    let place = try place.warehousePlace(inLake: lake.lake)
    var needs = Needs()
    if let file { needs.add(.read, path: file) }
    // Queries that are still to come by a pipe are not waited for.
    guard file.map({ $0 != "-" }) ?? (query ?? "-" != "-") else {
      needs.add(.read, path: "-")
      return needs
    }
    let names = try script(console).readTables
    let jobs = try jobs(of: lake.lakehouse(console), console)
    if jobs != nil { needs.add(.read, path: lake.jobs) }
    let files = names.filter { isFile($0.parts) }
    for name in files { needs.add(.read, path: name.parts[1]) }
    let others = names.filter { !isFile($0.parts) }
    for name in jobs?.tables(readBy: others) ?? others.compactMap({ LakeTableName("\($0)") }) {
      needs.add(.read, table: "\(name)")
      if name.schema == "warehouse" {
        try needs.add(.read, place)
      } else {
        needs.add(
          .read,
          path: jobs?.contracts[name]?.folder ?? "\(lake.lake)/\(name.schema)/\(name.name)")
      }
    }
    needs.add(.write, path: "\(lake.lake)/_spill")
    if jobs?.labels != nil {
      // What it shows of people is recorded before.
      needs.add(.write, path: "\(lake.lake)/_audit")
      needs.add(.lock, path: "\(lake.lake)/_audit/.lock")
    }
    return needs
  }

  private func isFile(_ parts: [String]) -> Bool {
    parts.count == 2 && Self.fileFormats.contains(parts[0].lowercased())
  }
}
