import Core
import TestSupport
import Testing

/// The whole way from files that land to the warehouse, on a first day and on a second one that
/// changes what the first left, stopped at every step that the file system takes: the next run
/// finishes the work, and no row is lost or doubled.
///
/// All steps are tried with `make soak`, else a sample of them.
@Suite struct CrashPipelineTests {
  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `stopped at sampled steps (all in a soak), the next run leaves what one run leaves`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let calm = try CrashSite()
    let counting = FaultyFileSystem()
    try twoDays(calm, counting)
    let expected = try calm.outcome()
    #expect(expected.bronze.count == 15 && expected.silver.count == 6)
    #expect(expected.silver.contains("2 2.50") && expected.silver.contains("3 99.50"))
    #expect(expected.shops.count == 3)
    #expect(expected.quarantine.count == 6 && expected.facts.count == 10)
    #expect(expected.facts.filter { $0.contains("Bergen") }.count == 4)
    #expect(try calm.untoldCommitCount("calm") == 0)
    #expect(counting.stepCount > 200)
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "the whole way")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 30) {
      let site = try CrashSite()
      let faulty = FaultyFileSystem(faultAt: step, mode)
      try twoDays(site, faulty) { _ = try? $0() }
      // The run that mends it may find more than the one that died.
      try site.run(LocalFileSystem(), until: 2, named: "again")
      #expect(try site.outcome() == expected, "\(mode), step \(step)")
      // What dies between a commit and its event leaves the event untold: of one commit, at most.
      #expect(try site.untoldCommitCount("\(mode), step \(step)") <= 1, "\(mode), step \(step)")
    }
  }

  private func twoDays(
    _ site: CrashSite, _ files: any FileSystem,
    _ run: (() throws -> Void) throws -> Void = { try $0() }
  ) throws {
    for day in 1...2 {
      try site.deliver(day: day)
      try run { try site.run(files, until: day, named: "day\(day)") }
    }
  }
}
