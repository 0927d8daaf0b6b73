package import Core

/// A lake, its job folder and its sources: what a tool works on.
package struct Workspace: Sendable {
  package let lake: Lake
  package let jobs: JobFolder

  /// Reads the job folder as far as `scope` needs it.
  package init(lake: Lake, jobsFolder: String, needing scope: JobScope = .whole) throws {
    let reading = lake.steps.begin()
    let jobs = try JobFolder(jobsFolder, lake: lake, needing: scope)
    self.jobs = jobs
    self.lake = lake.sealing(jobs.sealedFolders(in: lake))
    reading.end(
      "\(jobs.path): read \(counted(jobs.contracts.count, "bronze table")) and "
        + counted(jobs.datasets.count, "dataset"))
  }

  /// `sources.yml`.
  package func sources() throws(Fault) -> SourcesFile {
    try SourcesFile("\(jobs.path)/sources.yml", fileSystem: lake.fileSystem)
  }

  /// The bronze contract whose files lie in `bronze/<system>/<entity>`; nil when there is none.
  package func contract(system: String, entity: String) -> BronzeContract? {
    let folder = "\(lake.root)/bronze/\(system)/\(entity)"
    return jobs.contracts.values.first { $0.folder == folder }
  }

  /// The same; `.configuration` at `place`, which asks for it, when there is none.
  package func contract(system: String, entity: String, at place: Place) throws(Fault)
    -> BronzeContract
  {
    guard let contract = contract(system: system, entity: entity) else {
      throw Fault(
        .configuration, at: place, "no bronze table lies in '\(system)/\(entity)'",
        remedy: "add CREATE TABLE bronze.… LOCATION '\(system)/\(entity)' to setup.sql")
    }
    return contract
  }

  /// The contract called `name`, with or without its schema.
  package func contract(named name: String) throws(Fault) -> BronzeContract {
    if let table = LakeTableName(name, defaultSchema: "bronze"),
      let contract = jobs.contracts[table]
    {
      return contract
    }
    throw Fault(
      .missing, "there is no bronze table '\(name)'",
      remedy:
        "use one of \(jobs.contracts.keys.sorted().map(\.description).joined(separator: ", "))")
  }

  /// The landing folders that `tool` takes files from, and what lies in them.
  package func landings(of tool: String) throws(Fault) -> [LandingFolder] {
    try sources().landings.filter { $0.tool == tool }.map {
      LandingFolder($0, lake.fileSystem)
    }
  }
}
