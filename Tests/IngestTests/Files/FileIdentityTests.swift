import Bronze
import Compression
import Core
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// What counts as the same file of a partner.
@Suite struct FileIdentityTests {
  private let lake: TestLake
  private let files = LocalFileSystem()

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE TABLE bronze.drops (id STRING, qty INT) USING csv OPTIONS (header 'true')
          LOCATION 'x/drops';
        """)
  }

  private func ingest() throws -> FileIngest {
    let workspace = try lake.workspace()
    return try FileIngest(
      lake: workspace.lake, contract: try workspace.contract(named: "drops"), tool: "ingest-files",
      rejectLimit: 0.5, threadCount: 1, systemTime: { .ofTests })
  }

  private func take(_ name: String) throws -> FileIngest.Outcome {
    try ingest().take([lake.folder.file(name)])
  }

  private func write(_ name: String, _ text: String, _ codec: Codec = .none) throws {
    try files.replace(lake.folder.file(name), codec.compress(block: Array(text.utf8)))
  }

  private let text = "id,qty\n1,2\n2,3\n"

  @Test func `a name and its bytes are taken once, in whatever folder and compression`() throws {
    try write("a.csv", text)
    #expect(try take("a.csv").commit != nil)
    try write("b/a.csv", text)
    try write("a.csv.gz", text, .gzip)
    try write("b/a.csv.ZST", text, .zstd)
    for name in ["b/a.csv", "a.csv.gz", "b/a.csv.ZST"] {
      let first = try take(name)
      #expect(first.commit == nil && first.repeated.count == 1, "\(name)")
      // Its look is remembered, so that it is not read again.
      let second = try take(name)
      #expect(second.commit == nil && second.known.count == 1, "\(name)")
    }
  }

  @Test func `equal bytes under another name are another delivery, and told`() throws {
    try write("day1.csv", text)
    try write("day2.csv.gz", text, .gzip)
    #expect(try take("day1.csv").alike.isEmpty)
    let outcome = try take("day2.csv.gz")
    #expect(outcome.commit?.inputs.count == 1 && outcome.alike.count == 1)
    #expect(try lake.rows("SELECT count(*) FROM bronze.drops") == ["4"])
    try write("day2.csv", text)
    #expect(try take("day2.csv").repeated.count == 1)
  }

  @Test func `a known name with other bytes is new and flagged, of equal size and time too`()
    throws
  {
    try write("a.csv", text)
    _ = try take("a.csv")
    try write("a.csv", "id,qty\n1,2\n2,4\n")
    #expect(try take("a.csv").changed.count == 1)
    try write("a.csv.gz", "id,qty\n1,2\n2,5\n", .gzip)
    #expect(try take("a.csv.gz").changed.count == 1)
    let path = lake.folder.file("a.csv")
    let status = try #require(try files.status(of: path))
    let log = BronzeLog(folder: try lake.contract("drops").folder, fileSystem: files)
    let taken = try #require(try log.commits().dropFirst().first?.inputs.first)
    #expect(taken.number != nil && taken.changed != nil)
    var look = status
    look.number = taken.number ?? 0
    look.changed = taken.changed ?? .ofTests
    look.modified = taken.modified ?? .ofTests
    #expect(try log.knownInputs().has(path, look))
    look.changed = Timestamp(microseconds: look.changed.microseconds + 1)
    #expect(try log.knownInputs().has(path, look) == false)
  }

  @Test func `what earlier versions took is not taken again`() throws {
    // They remembered the bytes as they lay there, and of the look size and time only.
    let folder = try lake.contract("drops").folder
    let log = BronzeLog(folder: folder, fileSystem: files)
    try write("a.csv.gz", text, .gzip)
    try write("b.csv", text)
    do {
      let append = try BronzeAppend(log, lake: lake.opened(), tool: "ingest-files")
      for name in ["a.csv.gz", "b.csv"] {
        let path = lake.folder.file(name)
        let status = try #require(try files.status(of: path))
        append.add(
          BronzeInput(
            name: path, byteCount: status.byteCount, modified: status.modified,
            digest: hexText(SHA256.digest(of: try files.read(path)))))
      }
      _ = try append.commit()
    }
    #expect(try take("a.csv.gz").known.count == 1 && take("b.csv").known.count == 1)
    // Copied anew, they have another look.
    for name in ["a.csv.gz", "b.csv"] {
      try files.replace("\(lake.folder.path)/c/\(name)", try files.read(lake.folder.file(name)))
      #expect(try take("c/\(name)").repeated.count == 1, "\(name)")
    }
    #expect(try log.commits().count == 1)
  }

  @Test func `a pipe is known by its bytes`() throws {
    func take(_ text: String) throws -> FileIngest.Outcome {
      let file = MemoryFile(Array(text.utf8))
      return try ingest().take([FileInput(pipe: "/dev/fd/63", file)])
    }
    #expect(try take(text).commit != nil)
    #expect(try take(text).repeated.count == 1)
    let other = try take("id,qty\n7,7\n")
    #expect(other.commit != nil && other.changed.isEmpty)
  }

  @Test(arguments: [
    "a.csv.part", "a.csv.FilePart", "a.csv.partial", "a.TMP", "a.csv~", ".a.csv", "_a.csv",
    "a.csv.part.gz", "a.csv.tmp.zst",
  ])
  func `a name of an unfinished upload waits`(_ name: String) throws {
    try write(name, text)
    let outcome = try take(name)
    #expect(outcome.commit == nil && outcome.waiting.count == 1)
    let found = try ingest().newFiles(among: [lake.folder.file(name)])
    #expect(found.found.isEmpty && found.refused.map(\.kind) == [.temporary])
    let finished = try lake.folder.write("part.csv", text)
    #expect(try ingest().take([finished]).commit != nil)
  }

  @Test func `one file that cannot be looked at keeps no other out`() throws {
    try write("a.csv", text)
    let files = ["none.csv", "a.csv", "."].map { lake.folder.file($0) }
    let outcome = try ingest().take(files)
    #expect(outcome.commit?.inputs.count == 1)
    #expect(outcome.refused.map(\.kind) == [.missing, .missing])
  }
}
