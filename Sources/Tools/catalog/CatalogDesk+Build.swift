import Core
import LakeJobs
import LakeTool
import Stewardship
import UnixTool

extension CatalogDesk {
  /// Writes down what happened since the last look, and brings the site up to date.
  func build() throws {
    guard names.isEmpty else {
      throw Fault(.usage, "'\(names[0])' is too much", remedy: "give the folder as --output")
    }
    let folder = try choice.output.map { (path) throws(Fault) in try FileAddress.path(path) }
    if let folder { Readers.follow(parent(of: folder)) }
    try record(catalog.look.changes(since: catalog.memory))
    let files = workspace.lake.fileSystem
    let commits = try log.commits()
    let policy = try CatalogPolicy(jobs: workspace.jobs.path, fileSystem: files)
    // What was just written down is remembered by the next build as by this one.
    let now = catalog.remembering(CatalogMemory(commits))
    let site = CatalogSite(now, CatalogCheck(now, policy), commits)
    let place = folder ?? "\(workspace.lake.root)/_catalog/site"
    let outcome = try site.write(to: place, files, exports: choice.export)
    console.note(
      "\(counted(outcome.written, "file")) written, \(outcome.unchanged) unchanged, "
        + "\(outcome.removed) removed")
    try console.write("\(place)/index.html")
  }
}
