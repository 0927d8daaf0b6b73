import Columnar
import Core
package import Delta
import LakeJobs

/// Which files of a table are worth to be rewritten, and what comes of it.
///
/// Two things are: small files of one partition that make a few of the right size, and files of a
/// partition whose rows do not lie by the columns that the table is clustered by. Files stay within
/// their partition, and those that bear tags among files of the same: tags say of all rows of a
/// file what no row does.
package struct LayoutPlan: Sendable {
  /// Files whose rows go into new ones together.
  package struct Group: Sendable {
    package let files: [AddedFile]
    /// Whether the rows are put in the order of the columns the table is clustered by.
    package let isClustered: Bool

    package var byteCount: Int { files.reduce(0) { $0.saturatingAdd($1.byteCount) } }
    package var rowCount: Int? {
      files.reduce(0 as Int?) { sum, file in
        sum.flatMap { sum in file.rowCount.map { sum.saturatingAdd($0) } }
      }
    }
  }

  package let table: MaintainedTable
  package let snapshot: Snapshot
  /// The columns that the table is clustered by.
  package let clusterColumns: [String]
  package let groups: [Group]
  /// How large files are to be.
  package let targetByteCount: Int

  /// How many files there are likely to be in place of those of the groups.
  package var expectedFileCount: Int {
    groups.reduce(0) { $0 + max(1, ($1.byteCount + targetByteCount - 1) / targetByteCount) }
  }

  /// The files that are to be rewritten.
  package var fileCount: Int { groups.reduce(0) { $0 + $1.files.count } }
  /// What they hold.
  package var byteCount: Int { groups.reduce(0) { $0.saturatingAdd($1.byteCount) } }

  /// How large files are to be, unless a table or a run says otherwise.
  package static let standardTarget = 128 << 20
  /// The property by which a table says how large its files are to be, in bytes or as `64mb`.
  package static let targetProperty = "delta.targetFileSize"
  /// The property that names the columns a table is clustered by.
  package static let clusterProperty = "cluster.by"
  /// The tag of a file whose rows lie by these columns.
  static let clusterTag = "medallion.clustered"
}

/// Finds what is worth it.
struct LayoutPlanner {
  /// Less is left as it is, though its rows lie in any order.
  private static let leastClusteredByteCount = 8 << 20
  /// So many small files are worth to be joined, however little the others add to one of them.
  private static let manyFileCount = 8
  /// The columns a curve goes through at most: more would be near in none of them.
  private static let clusterColumnLimit = 4

  let table: MaintainedTable
  let snapshot: Snapshot
  private let columns: [String]
  private let target: Int

  init(
    _ table: MaintainedTable, _ snapshot: Snapshot, in workspace: Workspace, target: Int?
  ) throws(Fault) {
    self.table = table
    self.snapshot = snapshot
    let properties = workspace.properties(of: table, snapshot)
    let place = workspace.jobs.datasets[table.name]?.place ?? Place(table.table.path)
    columns = try Self.clusterColumns(
      properties[LayoutPlan.clusterProperty], snapshot, at: place)
    let own = try Self.target(properties[LayoutPlan.targetProperty], at: place)
    self.target = target ?? own
  }

  func plan() -> LayoutPlan {
    let keyed = Dictionary(grouping: snapshot.files, by: FileGroup.init)
    var groups: [LayoutPlan.Group] = []
    // In the order of the table, so that a plan depends on nothing else.
    var seen: Set<FileGroup> = []
    for file in snapshot.files where seen.insert(FileGroup(file)).inserted {
      groups += self.groups(of: keyed[FileGroup(file)] ?? [])
    }
    return LayoutPlan(
      table: table, snapshot: snapshot, clusterColumns: columns, groups: groups,
      targetByteCount: target)
  }

  /// What files must have in common to be joined.
  private struct FileGroup: Hashable {
    let partition: [String: String?]
    let tags: [String: String?]

    init(_ file: AddedFile) {
      partition = file.partitionValues
      tags = (file.tags ?? [:]).filter { $0.key != LayoutPlan.clusterTag }
    }
  }

  private func groups(of files: [AddedFile]) -> [LayoutPlan.Group] {
    if columns.isEmpty { return smallGroups(of: files, areClustered: false) }
    let mark = columns.joined(separator: ",")
    let (own, other) = files.parted { ($0.tags?[LayoutPlan.clusterTag] ?? nil) == mark }
    let total = Self.byteCount(files)
    let loose = Self.byteCount(other)
    let isWorthIt = other.count > 1 || loose >= Self.leastClusteredByteCount
    // What came since is ordered by itself while it is little beside the rest.
    if isWorthIt, loose * 4 >= total || own.isEmpty {
      return [LayoutPlan.Group(files: files, isClustered: true)]
    }
    return smallGroups(of: other, areClustered: true)
  }

  /// Small files, in the order of the table, together until they are large enough.
  private func smallGroups(
    of files: [AddedFile], areClustered: Bool
  ) -> [LayoutPlan.Group] {
    var groups: [[AddedFile]] = [[]]
    var byteCount = 0
    for file in files where file.byteCount < target / 4 * 3 || file.deletionVector != nil {
      if byteCount + file.byteCount > target, !groups[groups.count - 1].isEmpty {
        groups.append([])
        byteCount = 0
      }
      groups[groups.count - 1].append(file)
      byteCount = byteCount.saturatingAdd(file.byteCount)
    }
    return groups.filter(isWorthIt).map {
      LayoutPlan.Group(files: $0, isClustered: areClustered)
    }
  }

  /// Not when one large file would be written again for the little that others add.
  private func isWorthIt(_ files: [AddedFile]) -> Bool {
    if files.contains(where: { $0.deletionVector != nil }) { return true }
    guard files.count > 1, let largest = files.map(\.byteCount).max() else { return false }
    let total = Self.byteCount(files)
    return files.count >= Self.manyFileCount || (total - largest) * 8 >= total
  }

  private static func byteCount(_ files: [AddedFile]) -> Int {
    files.reduce(0) { $0.saturatingAdd($1.byteCount) }
  }

  private static func clusterColumns(
    _ text: String?, _ snapshot: Snapshot, at place: Place
  ) throws(Fault) -> [String] {
    var columns: [String] = []
    for part in text?.split(separator: ",") ?? [] {
      let name = String(part.trimmed)
      guard let position = snapshot.schema.index(of: name) else {
        throw Fault(
          .configuration, at: place,
          "'\(name)' of '\(LayoutPlan.clusterProperty)' is no column of the table",
          remedy: "name some of \(snapshot.schema.names.joined(separator: ", "))")
      }
      let field = snapshot.schema.fields[position]
      let isPartition = snapshot.partitionColumns.contains { $0.lowercased() == name.lowercased() }
      switch field.type {
      case .array, .structure, .map, .binary, .null:
        throw Fault(
          .configuration, at: place, "rows cannot lie by '\(name)', which is \(field.type.sql)",
          remedy: "name columns that have an order")
      default: break
      }
      guard !isPartition, !columns.contains(field.name) else {
        throw Fault(
          .configuration, at: place,
          "'\(name)' of '\(LayoutPlan.clusterProperty)' "
            + (isPartition ? "is a column of the folders" : "stands there twice"),
          remedy: "take it out: it orders no rows")
      }
      columns.append(field.name)
    }
    guard columns.count <= clusterColumnLimit else {
      throw Fault(
        .configuration, at: place, "rows cannot lie by \(columns.count) columns at once",
        remedy: "name the \(clusterColumnLimit) that questions are asked by most")
    }
    return columns
  }

  /// A number of bytes, as Databricks spells it: `134217728`, `128mb`.
  private static func target(_ text: String?, at place: Place) throws(Fault) -> Int {
    guard let text = text?.lowercased() else { return LayoutPlan.standardTarget }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let shifts = ["": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30]
    guard let count = Int(digits), count > 0, count < 1 << 20 || digits.count == text.count,
      let shift = shifts[text.dropFirst(digits.count).trimmed.description]
    else {
      throw Fault(
        .configuration, at: place, "'\(text)' is no value of '\(LayoutPlan.targetProperty)'",
        remedy: "write it as '128mb'")
    }
    return count << shift
  }
}

extension Array {
  /// The elements for which `isFirst` holds, and the others.
  fileprivate func parted(_ isFirst: (Element) -> Bool) -> (first: [Element], rest: [Element]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}
