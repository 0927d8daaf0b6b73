import Core
import Ingest
import LakeSupport
import TestSupport
import Testing

/// What a commit remembers of very many tills stands in files of its own.
@Suite struct BronzeStateTests {
  private let watch: TillObserver
  private static let tillCount = 360
  private static let files = LocalFileSystem()

  init() throws { watch = try TillObserver() }

  private func events(_ number: Int) -> [String] {
    (0..<Self.tillCount).map { till in
      watch.event("\(till)-\(number)", number: "\(number)", till: "\"till number \(till)\"")
    }
  }

  private func take(
    _ number: Int, _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) throws {
    let path = try watch.folder.write("\(number).ndjson", lines: events(number))
    _ = try watch.ingest(files, run: run).take([.file(path)])
  }

  private var folder: String { watch.folder.file("lake/bronze/pos/events") }

  private var stateFiles: [String] {
    get throws { try Self.files.list("\(folder)/_states") }
  }

  @Test func `the log stays small, and the files of old states go`() throws {
    for number in 1...5 { try take(3 * number) }
    for name in try Self.files.list("\(folder)/_commits") where name.hasSuffix(".json") {
      #expect(try Self.files.read("\(folder)/_commits/\(name)").count < 2_000)
    }
    #expect(try stateFiles.count == 2)
    #expect(try watch.gaps().count == 4 * Self.tillCount)
    // A run that is told nothing of tills keeps what is known.
    try take(4)
    #expect(try watch.gaps().count == 4 * Self.tillCount)
    #expect(try watch.gaps().contains("S1 till number 7 5-5"))
  }

  @Test func `a state that is gone is told, not taken for none`() throws {
    try take(1)
    for name in try stateFiles { try Self.files.remove("\(folder)/_states/\(name)") }
    let fault = #expect(throws: Fault.self) { try take(2) }
    #expect(fault?.kind == .configuration && fault?.place?.file.contains("_states") == true)
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `stopped at sampled steps, events and state are both there or neither`(
    mode: FaultyFileSystem.Mode
  ) throws {
    try take(1)
    try take(3)
    try Self.copy(folder, to: watch.folder.file("kept"))
    let counting = FaultyFileSystem()
    try take(5, counting)
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 6) {
      removeTree(folder)
      try Self.copy(watch.folder.file("kept"), to: folder)
      _ = try? take(5, FaultyFileSystem(faultAt: step, mode), run: "stopped")
      let isTaken = try watch.gaps().count == 2 * Self.tillCount
      #expect(try isTaken || watch.gaps().count == Self.tillCount, "\(mode), step \(step)")
      try take(5, run: "again")
      #expect(try watch.gaps().count == 2 * Self.tillCount, "\(mode), step \(step)")
      try take(7, run: "after")
      #expect(try stateFiles.filter { !$0.hasPrefix(".") }.count == 2, "\(mode), step \(step)")
    }
  }

  private static func copy(_ source: String, to target: String) throws {
    for name in try files.list(source) {
      let path = "\(source)/\(name)"
      if try files.status(of: path)?.isDirectory == true {
        try copy(path, to: "\(target)/\(name)")
      } else {
        try files.replace("\(target)/\(name)", try files.read(path))
      }
    }
  }
}
