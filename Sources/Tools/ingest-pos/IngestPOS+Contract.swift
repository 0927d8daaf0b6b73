import Core
import Ingest
import LakeJobs
import LakeTool
import UnixTool

extension IngestPOS {
  /// The bronze table that a landing folder feeds.
  func contract(
    of landing: SourcesFile.Landing, _ workspace: Workspace
  ) throws -> BronzeContract {
    try workspace.contract(system: landing.name, entity: landing.entity, at: landing.place)
  }

  /// The way into a bronze table, as the options say.
  func ingest(into contract: BronzeContract, _ lake: Lake) -> EventIngest {
    EventIngest(
      lake: lake, contract: contract, tool: Self.manual.name, requiredFields: EventIngest.envelope,
      rejectLimit: Double(maxRejects) / 100, threadCount: self.lake.threads,
      maximumSkew: tills.maximumSkew)
  }

  /// Tells of what was taken, once it is committed.
  func publish(
    _ outcome: EventIngest.Outcome, into contract: BronzeContract, _ lake: Lake, _ console: Console
  ) throws {
    guard let commit = outcome.commit else { return }
    let report = commit.report(
      of: contract, job: Self.manual.name, repeatedCount: outcome.repeatedCount,
      news: outcome.news)
    try console.publish(report, in: lake)
    console.tell(of: outcome.news)
  }
}
