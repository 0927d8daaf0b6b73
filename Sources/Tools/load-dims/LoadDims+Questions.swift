import Core
import JSON
import LakeJobs
import LakeTool
import Lakehouse
import UnixTool
import WarehouseJobs
import WarehouseTool

extension LoadDims {
  /// Tells the whole life of a member.
  func show(_ console: Console) throws {
    guard tables.count > 2 else {
      throw Fault(
        .usage, "no member is named", remedy: "say 'load-dims show TABLE KEY', a value a column")
    }
    guard !RoleOption().isPinned else {
      throw Fault(
        .denied, "'load-dims show' where MEDALLION_ROLE sets the role",
        remedy: "ask lake-sql or lineage row, which show what the role may see")
    }
    let workspace = try lake.workspace(console, needing: .layer("warehouse"))
    let dimension = try wanted([tables[1]], workspace, console)
    let database = try warehousePlace.openedToRead(workspace.lake.fileSystem)
    for dataset in dimension {
      let life = try MemberLife(
        dataset, Array(tables.dropFirst(2)), workspace, in: database,
        showsLabelled: showsLabelled)
      try lake.record(life.reads.told(asking: tables.joined(separator: " ")), console)
      try console.output.write(
        format == .json ? JSONWriter.text(life.json) + "\n" : life.text)
    }
  }

  /// Takes the lake's events in other orders into scratch, and compares.
  func selftest(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .layer("warehouse"))
    let dimensions = try wanted(Array(tables.dropFirst()), workspace, console)
    let test = DimensionSelftest(workspace, dimensions, lake.queryContext(console))
    let count = shuffle ?? 10
    let first = seed ?? 1
    var differences = 0
    try test.run(count, from: first) { difference in
      differences += 1
      try console.output.write(difference.text)
    }
    guard differences == 0 else {
      throw Fault(
        .verdict, "\(counted(differences, "order")) of \(count) made a difference",
        remedy: "see each alone with --shuffle 1 --seed N")
    }
    console.say(
      "\(counted(dimensions.count, "dimension")) the same in \(counted(count, "order")) "
        + "from seed \(first)")
  }
}

extension DimensionSelftest.Difference {
  /// The rows that differ, as a difference is written.
  fileprivate var text: String {
    let lines = missing.map { "- \(shown($0))\n" } + extra.map { "+ \(shown($0))\n" }
    return "\(dimension) in order \(seed)\n" + lines.joined()
  }
}
