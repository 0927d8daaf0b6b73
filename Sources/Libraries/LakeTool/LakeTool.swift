package import Core
package import Engine
import Governance
package import LakeJobs
import Sealing
package import UnixTool

// LakeTool: what the tools that work on a lake have in common, between the command line (UnixTool)
// and the lake (Lakehouse), which do not know each other.
//
// Options become a workspace and a query's limits, commits and news become what a console says.
// Begin here; `Console+News` puts what tills and files told into sentences, `LayerTool` is the run
// that the tools of silver and gold share. What is worked on a lake stands in Lakehouse, what only
// one tool does in that tool.

extension LakeOptions {
  /// The lake that the options name, in this run. What the run writes may be read by those who may
  /// read the lake, unless the options say by whom.
  package func lakehouse(_ console: Console) -> Lake {
    if chosenReaders == nil { Readers.follow(lake) }
    recordWeakTransport(console)
    PieceLimit.set(forMemory: memory.bytes)
    return Lake(
      root: lake, fileSystem: LocalFileSystem(), clock: console.clock, runID: console.runID,
      parentRun: console.parentRun.map {
        ParentRunFacet($0.id, jobNamespace: DatasetName.tables, jobName: $0.job)
      },
      steps: console.steps,
      keys: keys.map {
        KeyStore(ofLake: lake, LocalFileSystem(), masterKeys(at: $0, LocalFileSystem()))
      })
  }

  /// The lake and job folder that the options name, in this run, which needs `scope` of the folder
  /// and is told what is wrong with it elsewhere where it reads whatever can be read.
  package func workspace(
    _ console: Console, needing scope: JobScope = .whole
  ) throws -> Workspace {
    try chosenReaders?.apply(to: lake)
    try LakeLease.check(lake: lake, LocalFileSystem())
    let workspace = try Workspace(lake: lakehouse(console), jobsFolder: jobs, needing: scope)
    for fault in workspace.jobs.faults {
      if case .readable = scope { console.warn(fault) } else { console.note("\(fault)") }
    }
    return workspace
  }

  /// What a query of this run may take of the machine.
  package func queryContext(_ console: Console) -> QueryContext {
    QueryContext(
      clock: console.clock, memoryLimit: memory.bytes, threadCount: threads,
      spillDirectory: console.mayWrite(in: lake)
        ? "\(lake)/_spill" : environment("TMPDIR") ?? "/tmp",
      spillLimit: spill.bytes)
  }
}

extension Console {
  /// Logs what a commit did and gives its event to the next tool.
  package func publish(_ report: CommitReport, in lake: Lake) throws(Fault) {
    let event = try RunRecorder(lake: lake, tool: toolName).record(report)
    try publish(event: event.line, sentence: event.sentence)
    tellRules(of: report)
  }

  /// The datasets that a tool's operands name: tables, all when there are none, or for `-` those
  /// that the events on standard input feed.
  package func datasets(
    _ operands: [String], of choice: DatasetChoice
  ) throws(Fault) -> [Dataset] {
    guard operands == ["-"] else { return try choice.datasets(named: operands) }
    var events: [RunEvent] = []
    for (number, line) in try inputLines().enumerated() {
      events.append(try RunEvent(parsing: line, at: Place("standard input", line: number + 1)))
    }
    return choice.datasets(fedBy: events)
  }
}
