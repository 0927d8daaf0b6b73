import Bronze
import Core
import Delta
import LakeJobs

/// The versions that the tables a view is made of stand at: what its commits record, and what tells
/// whether it is up to date.
struct InputVersions {
  /// Each table that is there with its version: of a bronze table the position in its log.
  private(set) var versions: [(name: LakeTableName, version: Int64)] = []
  /// What tells the last entry of each input's log from all others, by the input's name.
  private(set) var identities: [LakeTableName: String] = [:]
  /// Tables of the jobs that were never built.
  private(set) var unbuilt: [LakeTableName] = []

  /// The versions of the inputs of `dataset`; `version` tells that of a Delta table, nil when it is
  /// not there. Tables that no job makes may be missing.
  init(
    of dataset: Dataset, jobs: JobFolder, lake: Lake,
    _ version: (LakeTableName) throws(Fault) -> Int64?
  ) throws(Fault) {
    for name in jobs.inputs(of: dataset) {
      if let contract = jobs.contracts[name] {
        let log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
        versions.append((name, try log.latest()?.endFile ?? 0))
      } else if let version = try version(name) {
        versions.append((name, version))
      } else if jobs.datasets[name] != nil {
        unbuilt.append(name)
      }
    }
    for (name, version) in versions {
      identities[name] = try Self.identity(of: name, at: version, jobs, lake)
    }
  }

  /// What tells the entry at `version` of an input's log from all others; nil where the log no
  /// longer tells.
  static func identity(
    of name: LakeTableName, at version: Int64, _ jobs: JobFolder, _ lake: Lake
  ) throws(Fault) -> String? {
    guard let contract = jobs.contracts[name] else {
      return try lake.table(name).commitIdentity(version)
    }
    return try BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
      .identity(ofPosition: version)
  }

  /// Whether the view that stands as `view` was made from just these.
  func areRecorded(in view: TableSummary) -> Bool {
    unbuilt.isEmpty
      && versions.allSatisfy { name, version in
        let application = Self.application(of: name)
        let mark = LogMark(
          recorded: view.transactionVersion(LogMark.application(application)), at: version)
        return view.transactionVersion(application) == version
          && (mark == nil || identities[name].map { LogMark($0) == mark } ?? true)
      }
  }

  /// What a view records an input's version under.
  static func application(of name: LakeTableName) -> String { "input:\(name)" }
}
