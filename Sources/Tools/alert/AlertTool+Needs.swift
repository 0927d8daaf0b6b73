import Core
import LakeJobs
import LakeTool
import Operations
import OperationsTool
import Runs
import UnixTool

extension AlertTool {
  func needs(_ console: Console) throws -> Needs {
    let folder = RunLedger.folder(inLake: lake.lake)
    let ledger = "\(folder)/ledger.db"
    var found = try LakeNeeds(lake, console)
    let lakehouse = found.workspace.lake
    let file = try AlertsFile(jobs: lake.jobs, fileSystem: lakehouse.fileSystem)
    switch action {
    case .list, .stats: found.add { $0.add(.read, path: ledger) }
    case .ack, .silence: found.add { $0.add(.write, path: ledger) }
    case .test:
      let chosen = file.channels.filter { operands.isEmpty || operands.contains($0.name) }
      found.add { add(chosen, to: &$0) }
    case .run, .deadlines:
      try found.watch(lake, place, ledger: trial.dryRun ? .read : .write)
      if trial.dryRun { break }
      found.add { needs in
        needs.add(.lock, path: "\(folder)/alert.lock")
        add(file.channels, to: &needs)
      }
    }
    return found.needs
  }

  /// Adds what channels reach and start. The host in an address that is a secret is none, but an
  /// address whose secret is not there cannot be told.
  private func add(_ channels: [Channel], to needs: inout Needs) {
    for channel in channels {
      if channel.confidential.contains(where: Secret.isNamed) {
        needs.add(.read, path: "\(lake.lake)/_secrets")
      }
      if let address = channel.address {
        let folder = "\(lake.lake)/_secrets"
        let found = (try? Secret.resolve(address, in: folder)).flatMap { WebRequest.server(of: $0) }
        needs.add(host: found ?? address)
      }
      if let program = channel.startedProgram { needs.add(program: program) }
      if case .file(let path) = channel.kind { needs.add(.write, path: path) }
    }
  }
}
