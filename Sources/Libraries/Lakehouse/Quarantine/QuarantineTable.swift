package import Bronze
import Columnar
package import Core
import Delta
import Engine
package import LakeJobs
import LakeQuery

// Lakehouse: what people ask of a lake.
//
// Rooms: `Binding/` binds all jobs without a lake; `Quarantine/` shows what was set aside and has
// it go the normal way once more; `Quality/` checks the rules of `jobs/quality` on published
// tables; `Lineage/` says what came from what, by table, column and row, and writes make's rules;
// `Sight/` says what a role may see of tables, and `Leaks/` tries to see more.
//
// Begin with `QuarantineTable`, `QualityCheck` or `LineageMap`. It changes no silver or gold table,
// and prints nothing: it gives answers that tools lay out.

/// What was set aside from one table, and what became of it.
package struct QuarantineTable {
  /// What rows were set aside from.
  package enum Origin {
    /// Lines that did not get into bronze.
    case door(BronzeContract)
    /// Rows of a job that broke a rule.
    case job(Dataset)
    /// Rows of tables that no job file names any more: they can be seen, and not replayed.
    case former
  }

  /// `quarantine.sales_lines`.
  package let name: LakeTableName
  package let origin: Origin
  let workspace: Workspace

  init(_ name: LakeTableName, _ origin: Origin, _ workspace: Workspace) {
    self.name = name
    self.origin = origin
    self.workspace = workspace
  }

  /// The short name that no other quarantine has: `sales_lines`, or that of its table.
  package var shortName: String {
    let isShared = workspace.quarantines.filter { $0.name == name }.count > 1
    return isShared ? "\(target)" : name.name
  }

  /// The table that the rows were on their way to.
  package var target: LakeTableName {
    switch origin {
    case .door(let contract): contract.name
    case .job(let dataset): dataset.name
    case .former: name
    }
  }

  /// Calls `body` with each row, and whether it was replayed.
  package func forEachRow(_ body: (QuarantinedRow, _ isReplayed: Bool) throws -> Void) throws {
    let step = workspace.lake.steps.begin()
    var count = 0
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    guard
      let table = try catalog.table(TableName([name.schema, name.name]), reading: .whole)
    else { return }
    let replayed = try log.inputs()
    let known = Set(table.schema.names)
    for source in try table.scan(
      ScanRequest(columns: Quarantine.schema.names.filter(known.contains)))
    {
      while let batch = try source.next() {
        var columns: [Quarantine.Column: Column] = [:]
        for column in Quarantine.Column.allCases {
          columns[column] = batch.column(column.name)
        }
        let whole = Quarantine.batch(columns, rowCount: batch.rowCount)
        // A bronze table and one of a job share a quarantine when they share a name.
        for row in QuarantinedRow.rows(of: whole) where isOfTarget(row) {
          count += 1
          try body(row, replayed.contains(digest: row.id.text))
        }
      }
    }
    step.end("\(name): read \(counted(count, "row")) set aside from \(target)")
  }
}

extension QuarantineTable {
  fileprivate func isOfTarget(_ row: QuarantinedRow) -> Bool {
    if case .former = origin { return true }
    return row.table == "\(target)"
  }
}

extension Workspace {
  /// The quarantine of every table that may have one, and of those that once had, by name.
  package var quarantines: [QuarantineTable] {
    let doors = jobs.contracts.values.map { contract in
      QuarantineTable(Quarantine.name(of: contract.name), .door(contract), self)
    }
    let judged = jobs.datasets.values.filter(isJudged).map { dataset in
      QuarantineTable(Quarantine.name(of: dataset.name), .job(dataset), self)
    }
    let named = Set((doors + judged).map(\.name))
    let former = storedQuarantines.filter { !named.contains($0) }.map { name in
      QuarantineTable(name, .former, self)
    }
    return (doors + judged + former).sorted { ($0.name, $0.target) < ($1.name, $1.target) }
  }

  /// The quarantines that are in the lake, whoever filled them.
  private var storedQuarantines: [LakeTableName] {
    let folders = (try? lake.fileSystem.list("\(lake.root)/quarantine")) ?? []
    return folders.filter { !$0.hasPrefix("_") && !$0.hasPrefix(".") }
      .map { LakeTableName(schema: "quarantine", name: $0) }
      .filter { (try? lake.table($0).exists()) == true }
  }

  /// Whether rows of a dataset are, or were, judged: by rules of its own, by those that every flow
  /// has, or by rules that its job no longer states. What cannot be looked at may be there: reading
  /// it tells why not.
  private func isJudged(_ dataset: Dataset) -> Bool {
    !dataset.expectations.isEmpty || dataset.maySetAside
      || (try? lake.table(Quarantine.name(of: dataset.name)).exists()) != false
  }

  /// The quarantine of the table that people call `text`, by its own name or the quarantine's.
  package func quarantine(named text: String) throws(Fault) -> QuarantineTable {
    let name = LakeTableName(text, defaultSchema: "quarantine")
    let found = quarantines.filter { $0.target == name || $0.name == name }
    guard let first = found.first else {
      throw Fault(
        .missing, "nothing is ever set aside from '\(text)'",
        remedy: "see '\(ToolName.quarantine) list' for tables that have rows set aside")
    }
    guard found.count == 1 else {
      let targets = found.map { "\($0.target)" }
      throw Fault(
        .usage, "'\(text)' is what is set aside from \(targets.joined(separator: " and "))",
        remedy: "name one of them")
    }
    return first
  }
}
