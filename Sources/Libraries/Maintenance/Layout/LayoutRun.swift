import Columnar
package import Core
package import Delta
package import Engine
package import LakeJobs

/// Rewrites files of tables to the right size and order, and changes no row.
///
/// A commit of it says that no data changed, so that flows, views and the warehouse see nothing
/// new. The rows of the new files are read back and held against those of the old ones before it:
/// as many, with the same sum.
package struct LayoutRun {
  /// What a run did to a table.
  package struct Outcome: Sendable {
    package var version: Int64?
    package var removedCount = 0
    package var addedCount = 0
    package var byteCountBefore = 0
    package var byteCountAfter = 0
    package var rowCount = 0

    /// Nothing done yet.
    package init() {}
  }

  /// One commit rewrites about so much, so that a writer does not wait long for the table.
  private static let byteLimit = 1 << 30

  private let workspace: Workspace
  private let context: QueryContext
  private let target: Int?

  /// `target` is how large files are to be; nil as each table says.
  package init(_ workspace: Workspace, _ context: QueryContext, target: Int? = nil) {
    self.workspace = workspace
    self.context = context
    self.target = target
  }

  /// What is worth it; nil when there is no table.
  package func plan(_ table: MaintainedTable) throws(Fault) -> LayoutPlan? {
    guard let snapshot = try table.table.snapshot() else { return nil }
    return try LayoutPlanner(table, snapshot, in: workspace, target: target).plan()
  }

  /// Does what is worth it, a commit for about a gibibyte, each under the locks of the table's
  /// writers: they clear away files that no commit names. Calls `tell` for each commit.
  package func optimize(
    _ table: MaintainedTable, _ tell: (Outcome) throws -> Void
  ) throws {
    guard let plan = try plan(table) else { return }
    for groups in Self.parts(of: plan.groups) {
      let locks = try table.lock(in: workspace.lake)
      defer { locks.unlock() }
      let outcome = try rewrite(groups, of: plan)
      if outcome.version != nil { try tell(outcome) }
    }
  }

  private static func parts(of groups: [LayoutPlan.Group]) -> [[LayoutPlan.Group]] {
    var parts: [[LayoutPlan.Group]] = []
    var byteCount = byteLimit
    for group in groups {
      if byteCount.saturatingAdd(group.byteCount) > byteLimit {
        parts.append([])
        byteCount = 0
      }
      parts[parts.count - 1].append(group)
      byteCount = byteCount.saturatingAdd(group.byteCount)
    }
    return parts
  }

  private func rewrite(
    _ groups: [LayoutPlan.Group], of plan: LayoutPlan
  ) throws -> Outcome {
    var outcome = Outcome()
    let context = CommitContext(
      engine: "Medallion/\(Medallion.version)", operation: "OPTIMIZE",
      parameters: plan.clusterColumns.isEmpty
        ? [] : [("clusterBy", plan.clusterColumns.joined(separator: ", "))],
      runID: "\(workspace.lake.runID)", clock: workspace.lake.clock)
    let committed = try plan.table.table.update(context) { transaction in
      outcome = Outcome()
      guard let snapshot = transaction.snapshot else { return }
      let live = Set(snapshot.files)
      // What another writer has changed meanwhile is left to the next run.
      for group in groups where group.files.allSatisfy(live.contains) {
        try rewrite(group, of: plan, snapshot, in: &transaction, &outcome)
      }
    }
    if case .committed(let version, _) = committed { outcome.version = version }
    return outcome
  }

  private func rewrite(
    _ group: LayoutPlan.Group, of plan: LayoutPlan, _ snapshot: Snapshot,
    in transaction: inout Transaction, _ outcome: inout Outcome
  ) throws {
    let rows: any BatchSource
    if group.isClustered {
      rows = try ClusterOrder(of: group.files, in: snapshot, by: plan.clusterColumns)
        .rows(of: group.files, in: snapshot, context)
    } else {
      rows = SourceList(
        snapshot.schema, try snapshot.scan(files: group.files).sources())
    }
    var tags = group.files[0].tags ?? [:]
    tags[LayoutPlan.clusterTag] = nil
    if group.isClustered {
      tags[LayoutPlan.clusterTag] = plan.clusterColumns.joined(separator: ",")
    }
    let summed = SummedSource(rows)
    let added = try transaction.rearrange(
      group.files, as: summed, taggedAs: tags.isEmpty ? nil : tags,
      byteLimit: plan.targetByteCount)
    try prove(added, hold: summed.checksum, insteadOf: group, snapshot, in: transaction)
    outcome.removedCount += group.files.count
    outcome.addedCount += added.count
    outcome.byteCountBefore += group.byteCount
    outcome.byteCountAfter += added.reduce(0) { $0.saturatingAdd($1.byteCount) }
    outcome.rowCount += summed.checksum.rowCount
  }

  /// Reads the new files as they lie on the disk. The rows of clustered ones were summed behind the
  /// sort, so that the old files are read once more.
  private func prove(
    _ added: [AddedFile], hold given: RowChecksum, insteadOf group: LayoutPlan.Group,
    _ snapshot: Snapshot, in transaction: borrowing Transaction
  ) throws {
    let new = try transaction.provisionalSnapshot().map {
      try RowChecksum(of: added, in: $0)
    }
    let old = group.isClustered ? try RowChecksum(of: group.files, in: snapshot) : given
    guard new == old, group.rowCount.map({ $0 == old.rowCount }) ?? true else {
      throw Fault(
        .internal, at: Place(snapshot.table.path),
        "the rows of rewritten files are not those of the files before",
        remedy: "report this as a defect; the table is as it was")
    }
  }
}

extension RowChecksum {
  /// Of the rows of some files of a version.
  package init(of files: [AddedFile]? = nil, in snapshot: Snapshot) throws {
    self.init()
    for source in try snapshot.scan(files: files).sources() {
      while let batch = try source.next() { add(batch) }
    }
  }
}
