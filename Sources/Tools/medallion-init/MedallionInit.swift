import ArgumentParser
import Core
import UnixTool

/// A job folder to begin with, and a little data to see it run.
@main struct MedallionInit: MedallionTool {
  static let manual = ToolManual(
    "medallion-init", "lays out a small business that runs: job files and two sample files",
    operands: "DIR",
    examples: [
      ("medallion-init shop", "makes shop/jobs and shop/landing, and says how to go on")
    ])

  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Argument(help: "a folder that is not there yet, or is empty")
  var folder: String

  func run(_ console: Console) throws {
    let folder = try FileAddress.path(folder)
    let files = LocalFileSystem()
    guard try files.list(folder).isEmpty else {
      throw Fault(
        .cannotCreate, at: Place(folder), "there are files in it already",
        remedy: "name a folder that is not there yet")
    }
    for file in StarterFile.all {
      let path = "\(folder)/\(file.path)"
      if trial.dryRun {
        try console.write("would write \(path)")
      } else {
        try files.replace(path, [UInt8](file.text.utf8))
        try console.write(path)
      }
    }
    if trial.dryRun { return }
    console.say(
      "go on with: cd \(quotedForShell(folder)) && ingest-files && bronze2silver && silver2gold "
        + "&& load-dims && load-facts && dq-check")
  }
}
