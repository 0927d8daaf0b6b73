import Core
import Delta
import LakeJobs
import LakeSupport
import Maintenance
import TestSupport
import Testing

/// Each damage that is planted is found, a sound lake is found sound, and what can be made anew is.
@Suite struct VerifyTests {
  /// A way to damage the lake.
  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var level = VerifyFinding.Level.damage
    let plant: @Sendable (VerifyTests) throws -> Void

    init(
      _ name: String, _ level: VerifyFinding.Level = .damage,
      _ plant: @escaping @Sendable (VerifyTests) throws -> Void
    ) {
      testDescription = name
      self.level = level
      self.plant = plant
    }
  }

  private let lake: TestLake
  private let files = LocalFileSystem()

  /// A lake of some versions, so that there are checkpoints.
  init() throws {
    lake = try TestLake.sample()
    for number in 0..<12 {
      try lake.take(["k\(number)|S1|\(number).50", "k\(number % 5)|S2|1.00"], as: "n\(number)")
      try lake.refresh(["silver"], run: "run\(number)")
    }
    try lake.refresh(["gold"], run: "gold")
  }

  private func findings(
    _ scope: VerifyScope = .full, repairs: Bool = false
  ) throws -> [VerifyFinding] {
    let audit = LakeAudit(try lake.workspace(after: 0, run: "verify"), scope)
    return try audit.subjects(named: []).flatMap { try audit.findings(of: $0, repairs: repairs) }
  }

  // MARK: Places

  private var root: String { lake.folder.file("lake") }
  private var sales: String { "\(root)/silver/sales" }

  private func commit(_ version: Int) -> String {
    "\(sales)/_delta_log/\(padded(version, 20)).json"
  }

  private var checkpoint: String { "\(sales)/_delta_log/\(padded(10, 20)).checkpoint.parquet" }

  private func liveFile() throws -> String {
    let table = Table(sales, files)
    let file = try #require(try table.snapshot()?.files.last)
    return try table.location(ofFile: file.path)
  }

  private func bronzeFile() throws -> String {
    let names = try lake.files(below: "bronze").filter { $0.contains("ingest_date=") }
    return "\(root)/bronze/\(try #require(names.first))"
  }

  private func keys(_ name: String) throws -> String {
    let found = try lake.files(below: "silver/sales").filter { $0.hasSuffix(name) }
    return "\(sales)/\(try #require(found.first { $0.hasPrefix("_keys") }))"
  }

  private func edit(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = try files.read(path)
    change(&bytes)
    try files.replace(path, bytes)
  }

  private func editText(_ path: String, _ change: (String) -> String) throws {
    let text = String(decoding: try files.read(path), as: UTF8.self)
    let changed = change(text)
    #expect(changed != text)
    try files.replace(path, [UInt8](changed.utf8))
  }

  /// Changes what the newest commit says of the file that it adds.
  private func editLast(_ change: (String) -> String) throws { try editText(commit(11), change) }

  static let damages: [Damage] = [
    Damage("a data file is gone") { try $0.files.remove($0.liveFile()) },
    Damage("a data file is cut off") { try $0.edit($0.liveFile()) { $0.removeLast(20) } },
    Damage("a byte of a data file is another") { try $0.edit($0.liveFile()) { $0[30] ^= 0x10 } },
    Damage("a data file's footer is another") {
      try $0.edit($0.liveFile()) { $0[$0.count - 6] ^= 0x40 }
    },
    Damage("a data file is another one") {
      let other = try $0.files.read($0.bronzeFile())
      try $0.edit($0.liveFile()) { bytes in
        let count = bytes.count
        bytes = Array((other + bytes).prefix(count))
      }
    },
    Damage("the log says another size") {
      try $0.editLast { $0.replacing(#""size":"#, with: #""size":1"#) }
    },
    Damage("the log says another number of rows") {
      try $0.editLast { $0.replacing(#"\"numRecords\":"#, with: #"\"numRecords\":1"#) }
    },
    Damage("a least value is too great") {
      try $0.editLast {
        $0.replacing(#"\"minValues\":{\"id\":\""#, with: #"\"minValues\":{\"id\":\"z"#)
      }
    },
    Damage("a greatest value is too small") {
      try $0.editLast {
        $0.replacing(#"\"maxValues\":{\"id\":\""#, with: #"\"maxValues\":{\"id\":\"A"#)
      }
    },
    Damage("a number of NULLs is another") {
      try $0.editLast {
        $0.replacing(#"\"nullCount\":{\"id\":0"#, with: #"\"nullCount\":{\"id\":1"#)
      }
    },
    Damage("a commit is gone") { try $0.files.remove($0.commit(5)) },
    Damage("a commit is torn") { try $0.edit($0.commit(7)) { $0.removeLast($0.count / 2) } },
    Damage("a commit is not later than the one before it") {
      try $0.editText($0.commit(6)) {
        $0.replacing(#""inCommitTimestamp":17"#, with: #""inCommitTimestamp":16"#)
      }
    },
    Damage("a checkpoint's bytes are others", .derived) {
      try $0.edit($0.checkpoint) { bytes in for index in 40..<80 { bytes[index] ^= 0x55 } }
    },
    Damage("a checkpoint says something else than the log", .derived) {
      try $0.editText($0.commit(10)) { text in
        text.split(separator: "\n").filter { !$0.hasPrefix(#"{"txn""#) }.joined(separator: "\n")
      }
    },
    Damage("the hint names a checkpoint that is not there", .derived) {
      try $0.files.replace(
        "\($0.sales)/_delta_log/_last_checkpoint", [UInt8](#"{"version":4}"#.utf8))
    },
    Damage("a file belongs to no version", .note) {
      try $0.files.replace("\($0.sales)/part-0badc0de.zstd.parquet", [1, 2, 3])
    },
    Damage("the key index cannot be read", .derived) {
      try $0.edit($0.keys("manifest")) { $0.removeFirst(4) }
    },
    Damage("the key index lacks keys", .derived) {
      try $0.edit($0.keys("manifest")) { bytes in
        for index in bytes.indices.suffix(24) { bytes[index] = 0 }
      }
    },
    Damage("a raw file is gone") { try $0.files.remove($0.bronzeFile()) },
    Damage("a byte of a raw file is another") { try $0.edit($0.bronzeFile()) { $0[9] ^= 1 } },
    Damage("a raw file is cut off") { try $0.edit($0.bronzeFile()) { $0.removeLast() } },
    Damage("a commit of bronze is gone") { site in
      try site.files.remove("\(site.root)/bronze/pos/till/_commits/\(padded(4, 20)).json")
    },
    Damage("a table has read more than there is") { site in
      for number in 9..<12 {
        try site.files.remove("\(site.root)/bronze/pos/till/_commits/\(padded(number, 20)).json")
      }
    },
    Damage("a view was made of a version that is not there") { site in
      for number in 10..<12 { try site.files.remove(site.commit(number)) }
      try site.files.remove(site.checkpoint)
    },
  ]

  @Test func `a sound lake is found sound`() throws {
    #expect(try findings(.full).map(\.problem) == [])
    #expect(try findings(.sample).map(\.problem) == [])
  }

  @Test(arguments: damages)
  func `a planted damage is found`(_ damage: Damage) throws {
    try damage.plant(self)
    let found = try findings()
    #expect(found.contains { $0.level == damage.level }, "\(found.map(\.problem))")
  }

  @Test func `what can be made anew is taken away, and nothing else`() throws {
    try files.replace(try keys("manifest"), [1])
    try edit(checkpoint) { bytes in for index in 40..<80 { bytes[index] ^= 0x55 } }
    let rows = try lake.sales()
    let found = try findings(repairs: true)
    #expect(found.count == 2)
    #expect(found.allSatisfy { $0.isRepaired })
    #expect(try findings().isEmpty)
    #expect(try lake.sales() == rows)
    try lake.take(["k1|S1|77.00"], as: "later")
    try lake.refresh(["silver", "gold"], run: "later")
    #expect(try findings().isEmpty)
    try files.remove(try liveFile())
    let damage = try findings(repairs: true)
    #expect(!damage.isEmpty)
    #expect(damage.allSatisfy { !$0.isRepaired })
  }
}
