import Bronze
import Core
import LakeJobs

/// Keeps every writer of a lake away while a person is taken out of it, and every backup, so that
/// an epoch is of before or of after.
final class ErasureLocks {
  private var locks: [any FileLock] = []

  /// Waits for all of them; `.temporary` when that takes long.
  init(_ workspace: Workspace) throws(Fault) {
    let lake = workspace.lake
    do throws(Fault) {
      locks.append(try lake.lockBackups())
      for name in workspace.jobs.datasets.keys.sorted() where name.schema != "warehouse" {
        locks.append(try lake.lock(name))
      }
      for contract in workspace.jobs.contracts.values.sorted(by: { $0.name < $1.name }) {
        let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
        if try log.exists() { locks.append(try log.lock()) }
      }
    } catch {
      unlock()
      throw error
    }
  }

  func unlock() {
    for lock in locks { lock.unlock() }
    locks = []
  }
}
