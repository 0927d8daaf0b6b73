import Core
import LakeSupport
import Sealing
import TestSupport
import Testing

@testable import Recovery

/// A backup keeps each chunk once, costs what changed, and tells of everything that is not as it
/// was.
@Suite struct BackupTests {
  private let shop: Shop
  private let files = LocalFileSystem()

  init() throws { shop = try Shop() }

  /// The first file of the backup in each folder, and the one beside them.
  private func samples() throws -> [String] {
    try ["backup.json"]
      + ["keys", "packs", "indexes", "epochs", "seals", "keystore"].map { name in
        try shop.place.list(name).first?.name ?? name
      }
  }

  @Test func `a second epoch of a lake that did not change costs next to nothing`() throws {
    let first = try shop.backUp("first")
    let second = try shop.backUp("second")
    #expect(second.epoch.number == 1)
    #expect(second.epoch.byteCount == first.epoch.byteCount)
    #expect(second.writtenByteCount < 20_000, "\(second.writtenByteCount)")
    // The database is copied each time; nothing else is read.
    #expect(second.readByteCount < first.readByteCount)
  }

  @Test func `the epoch of another day costs what the day brought`() throws {
    for number in 3..<9 {
      try shop.day(number, (0..<400).map { "k\(number)-\($0)|S\($0 % 9)|\($0).50" })
    }
    let first = try shop.backUp("first")
    let before = try FolderTree(files).list(shop.lake.folder.file("lake"))
      .reduce(into: [:]) { $0[$1.path] = $1.status }
    try shop.day(9, ["late|S1|9.00"])
    let second = try shop.backUp("second")
    // What changed: new files, and those that grew or were written anew.
    let changed = try FolderTree(files).list(shop.lake.folder.file("lake"))
      .filter { before[$0.path] != $0.status && !$0.path.hasSuffix("-shm") }
      .reduce(0) { $0 + $1.status.byteCount }
    #expect(second.writtenByteCount < changed + 40_000)
    #expect(second.writtenByteCount < first.writtenByteCount / 2)
    #expect(try shop.audit() == [])
  }

  @Test func `a flipped byte is named in each class of file`() throws {
    try shop.lake.folder.write("lake/_keys/subjects/3f", "a key")
    try shop.backUp()
    for name in try samples() {
      let path = shop.lake.folder.file("backup/\(name)")
      let whole = try files.read(path)
      for position in [0, whole.count / 2, whole.count - 2] {
        var bytes = whole
        bytes[position] ^= 0x10
        try files.replace(path, bytes)
        let found = try shop.audit()
        #expect(found.contains { $0.file == name }, "\(name) at \(position): \(found)")
      }
      try files.replace(path, whole)
    }
    #expect(try shop.audit() == [])
  }

  @Test func `a file that is missing is named in each class`() throws {
    try shop.lake.folder.write("lake/_keys/subjects/3f", "a key")
    try shop.backUp("first")
    try shop.day(3, ["e|S3|5.00"])
    try shop.backUp("second")
    for name in try shop.files() {
      let path = shop.lake.folder.file("backup/\(name)")
      let whole = try files.read(path)
      try files.remove(path)
      let found = try shop.audit(.nothing)
      // Without its only key a backup tells that nobody can open it.
      let isNamed = found.contains { $0.file == name || name.hasPrefix("keys/") && $0.kind == .key }
      #expect(isNamed, "\(name): \(found)")
      try files.replace(path, whole)
    }
    #expect(try shop.audit() == [])
  }

  @Test func `a pack that was cut off is named, and written anew by the next epoch`() throws {
    try shop.backUp("first")
    let pack = try #require(try shop.place.list("packs").first)
    let path = shop.lake.folder.file("backup/\(pack.name)")
    try files.replace(path, Array(try files.read(path).prefix(pack.byteCount / 2)))
    let found = try shop.audit(.nothing)
    #expect(found.contains { $0.file == pack.name && $0.problem.hasPrefix("it is cut off") })
    try shop.backUp("second")
    let restored = try shop.restore("back")
    #expect(try restored.everything() == shop.site.everything())
  }

  @Test func `each recipient opens it with his own key, and nobody else`() throws {
    try shop.backUp()
    let other = SealingKey.random()
    let fault = #expect(throws: Fault.self) { try BackupRepository(shop.place, other) }
    #expect(fault?.kind == .denied)
    try shop.repository().add("second", other)
    #expect(try BackupRepository(shop.place, other).epochs().count == 1)
    try shop.repository().recipients.remove("owner")
    #expect(throws: Fault.self) { try shop.repository() }
    let last = #expect(throws: Fault.self) {
      try BackupRepository(shop.place, other).recipients.remove("second")
    }
    #expect(last?.kind == .denied)
  }

  @Test func `nothing of the business can be read in a backup`() throws {
    try shop.day(3, ["SECRETSALE|SECRETSTORE|1.00"])
    try shop.backUp()
    for file in try shop.place.list("") {
      let bytes = try files.read(shop.lake.folder.file("backup/\(file.name)"))
      for word in ["SECRET", "silver", "sales", "amount"] {
        #expect(bytes.firstRange(of: Array(word.utf8)) == nil, "\(word) in \(file.name)")
      }
    }
  }

  @Test(arguments: [FaultyFileSystem.Mode.kill, .full, .loseUnsynced])
  func `a backup that dies at any step leaves nothing wrong, and the next one goes on`(
    _ mode: FaultyFileSystem.Mode
  ) throws {
    try shop.backUp("before")
    try shop.day(3, ["e|S3|5.00"])
    let counting = FaultyFileSystem()
    try shop.backUp("count", counting)
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 7) {
      try shop.day(3 + step, ["e\(step)|S3|5.00"])
      let faulty = FaultyFileSystem(faultAt: step, mode)
      _ = try? shop.backUp("dies \(step)", faulty)
      // A seal may be missing of an epoch that has its name.
      #expect(try shop.audit().allSatisfy { $0.kind == .seal }, "step \(step)")
      try shop.backUp("goes on \(step)")
      #expect(try shop.audit() == [], "step \(step)")
      #expect(try shop.site.findings() == [], "step \(step)")
    }
    let restored = try shop.restore("back")
    #expect(try restored.everything() == shop.site.everything())
    #expect(try files.list(shop.lake.folder.file("lake/_holds")) == [])
  }
}
