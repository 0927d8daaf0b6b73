import Bronze
import Columnar
import Core
import Database
import Delta
import Governance
package import LakeJobs
import LakeTool
import Lakehouse
package import Operations
package import Runs
package import UnixTool
package import WarehouseJobs

// OperationsTool: what the tools that watch a lake have in common, between the command line
// (LakeTool), the lake (Lakehouse, Delta, Bronze) and what is made of it (Operations), which do not
// know each other.
//
// Begin with `FactGatherer`, which looks at the ledger, the run events and the tables once, so that
// problems, gauges and the report are worked out from one state. `AnswerTable` asks the queries
// that job files declare. What is a problem, and who is told, is not known here.

/// Looks once at all that is known of the last days.
///
/// One table that cannot be read, or a job folder that is broken, takes nothing from the rest: who
/// watches must see most when things are wrong.
package struct FactGatherer {
  private let lake: Lake
  private let jobsFolder: String
  private let warehouse: WarehousePlace
  private let console: Console

  /// What is to be looked at, besides ledger and events.
  package enum Depth {
    /// When tables last changed.
    case times
    /// How many rows and bytes they have, and what was set aside.
    case sizes
  }

  package init(_ lake: Lake, jobsFolder: String, warehouse: WarehousePlace, console: Console) {
    self.lake = lake
    self.jobsFolder = jobsFolder
    self.warehouse = warehouse
    self.console = console
  }

  /// The facts of the last `days`, of the runs in `ledger` if there is one; run events, which are
  /// many, of the last `eventDays` alone.
  package func facts(
    _ ledger: RunLedger?, _ file: AlertsFile, days: Int, eventDays: Int, _ depth: Depth
  ) -> OperationFacts {
    var facts = OperationFacts(now: lake.clock.now)
    let first = lake.clock.now.adding(seconds: -Int64(days) * 86_400) ?? lake.clock.now
    facts.source = Self.source(of: lake)
    sparing {
      if let ledger {
        facts.runs = try ledger.runs(since: first).reversed()
          .map { OperationFacts.KnownRun($0, ledger.state(of: $0)) }
      }
    }
    sparing {
      let day = lake.clock.now.date.adding(days: -eventDays)
      facts.events = try EventLog(lake: lake.root, files: lake.fileSystem).events(since: day)
        .sorted { $0.time < $1.time }
    }
    facts.deadlines = file.deadlines
    sparing { facts.drills = try DrillLine.all(ofLake: lake.root, lake.fileSystem) }
    sparing {
      let workspace = try Workspace(lake: lake, jobsFolder: jobsFolder, needing: .readable)
      for fault in workspace.jobs.faults { console.warn(fault) }
      describe(workspace, &facts)
      TableLook(workspace, warehouse: warehouse, depth, warn: warn).fill(&facts)
      if case .sizes = depth { countSetAside(workspace, &facts) }
    }
    return facts
  }

  /// The machine and the lake, as messages name them.
  package static func source(of lake: Lake) -> String {
    let path = (try? lake.fileSystem.realPath(of: lake.root)) ?? lake.root
    return "\(Machine.name):\(path)"
  }

  /// What tables are made from, whose they are, when they are due.
  private func describe(_ workspace: Workspace, _ facts: inout OperationFacts) {
    let owners = TableOwners(workspace) { console.warn($0) }
    for dataset in workspace.jobs.ordered {
      let name = "\(dataset.name)"
      facts.inputs[name] = workspace.jobs.inputs(of: dataset).map { "\($0)" }
      facts.owners[name] = owners.owner(of: dataset.name)
      note(dataset.property("deadline"), of: name, at: dataset.place, &facts)
    }
    for contract in workspace.jobs.contracts.values {
      let name = "\(contract.name)"
      facts.inputs[name] = facts.inputs[name] ?? []
      facts.owners[name] = owners.owner(of: contract.name)
      note(contract.properties["deadline"], of: name, at: contract.place, &facts)
    }
  }

  /// A deadline of `alerts.yml` counts before the table's own.
  private func note(
    _ text: String?, of table: String, at place: Place, _ facts: inout OperationFacts
  ) {
    guard let text, facts.deadlines[table] == nil else { return }
    sparing { facts.deadlines[table] = try Deadline(text, at: place) }
  }

  private func countSetAside(_ workspace: Workspace, _ facts: inout OperationFacts) {
    for table in workspace.quarantines {
      var found: [String: OperationFacts.SetAside] = [:]
      sparing {
        try table.forEachRow { row, isReplayed in
          let time = row.quarantinedAt
          var count =
            found[row.rule]
            ?? OperationFacts.SetAside(
              table: "\(table.target)", rule: row.rule, waiting: 0, replayed: 0, first: time,
              last: time)
          if isReplayed { count.replayed += 1 } else { count.waiting += 1 }
          count.first = [count.first, time].compactMap { $0 }.min()
          count.last = [count.last, time].compactMap { $0 }.max()
          found[row.rule] = count
        }
      }
      facts.setAside += found.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private func sparing(_ work: () throws -> Void) {
    do {
      try work()
    } catch {
      warn(error)
    }
  }

  private func warn(_ error: any Error) {
    console.warn(error as? Fault ?? Fault(.internal, "\(error)", remedy: "report it"))
  }
}
