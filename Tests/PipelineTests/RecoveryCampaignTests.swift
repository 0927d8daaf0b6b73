import Core
import TestSupport
import Testing

/// Backups beside tools at work, as whole programs: a short run of `make recovery`.
@Suite struct RecoveryCampaignTests {
  private static var tools: String {
    get throws { String(try ToolRun.path(of: "backup").dropLast("/backup".count)) }
  }

  @Test func `epochs that are taken under load are sound and go on`() throws {
    let seed = Int.random(in: 1...999_999)
    let run = try ToolRun(
      program: "Tests/Recovery/run", ["2"],
      environment: ["BIN": try Self.tools, "SEED": "\(seed)"])
    #expect(run.status == 0, "seed \(seed): \(run.text) \(run.talk)")
    #expect(run.text.contains("2 epochs under load"), "seed \(seed): \(run.text) \(run.talk)")
  }
}
