import Core
import LakeTool
import Recovery
import UnixTool

extension BackupTool {
  /// Writes what restores on a machine that has nothing.
  func writeKit(to folder: String, _ console: Console) throws {
    let files = LocalFileSystem()
    let tools = try SuiteTools.folder(environment("MEDALLION_BIN"), files)
    let target = try FileAddress.path(folder)
    let outcome = try ColdStartKit(tools: tools, jobs: lake.jobs, files).write(to: target)
    try console.write(
      "\(target): \(counted(outcome.fileCount, "file")), \(counted(outcome.byteCount, "byte"))")
    console.say("the key is not in it: keep that apart, and a copy of \(target) beside the backup")
  }
}
