import Core
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@testable import Recovery

/// A standby stands at the newest epoch, writes only once it has the lease, and then the lake that
/// had it before does not.
@Suite struct StandbyTests {
  private let shop: Shop
  private let files = LocalFileSystem()
  private var lease: String { shop.lake.folder.file("shared/lease") }
  private var primary: String { shop.lake.folder.file("lake") }

  init() throws { shop = try Shop() }

  private func follow(_ name: String) throws -> Bool {
    let repository = try shop.repository()
    return try Standby(shop.lake.folder.file(name), files).follow(
      try repository.epoch(.latest),
      RestoreRun(from: repository, files, threads: 1, at: .ofTests, eraseAgain: { _ in }),
      lease: lease)
  }

  private func kind(of lake: String) -> Fault.Kind? {
    do throws(Fault) {
      try LakeLease.check(lake: lake, files)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test func `after a takeover the other lake is fenced, and coming back is the same`() throws {
    #expect(kind(of: primary) == nil)
    _ = try Standby(shop.lake.folder.path, files).takeOver(lease: lease, as: "north")
    #expect(kind(of: primary) == nil)
    try shop.backUp("first")
    #expect(try follow("standby"))
    #expect(try !follow("standby"))
    let standby = shop.lake.folder.file("standby/current/lake")
    #expect(kind(of: standby) == .denied)
    try shop.day(3, ["e|S3|5.00"])
    try shop.backUp("second")
    #expect(try follow("standby"))
    let taken = try Standby(shop.lake.folder.file("standby"), files)
      .takeOver(lease: lease, as: "south")
    #expect(taken == LakeLease(holder: "south", term: 2))
    #expect(kind(of: primary) == .denied)
    #expect(kind(of: standby) == nil)
    #expect(throws: Fault.self) { try follow("standby") }
    let there = Site(
      standby, jobs: shop.lake.folder.file("standby/current/jobs"), landing: shop.landing)
    #expect(try there.everything() == shop.site.everything())
    _ = try Standby(shop.lake.folder.path, files).takeOver(lease: lease, as: "north")
    #expect(kind(of: primary) == nil)
    #expect(kind(of: standby) == .denied)
    try files.remove(lease)
    #expect(kind(of: primary) == .temporary)
  }
}
