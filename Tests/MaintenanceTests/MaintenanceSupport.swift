import Core
import Ingest
import LakeJobs
import LakeSupport
import Refresh
import TestSupport

extension TestLake {
  /// Takes sales of the sample business into bronze, each written `id|store|amount`; later calls
  /// have later times.
  func take(
    _ sales: [String], as name: String, _ files: any FileSystem = LocalFileSystem()
  ) throws {
    let second = (try? LocalFileSystem().list(folder.file("in")).count) ?? 0
    let lines = sales.map { sale in
      let parts = sale.split(separator: "|")
      return #"{"id":"\#(parts[0])","at":"2026-02-01T00:00:\#(padded(second, 2))Z","#
        + #""store":"\#(parts[1])","amount":"\#(parts[2])","email":"e@x"}"#
    }
    let path = try folder.write("in/\(name)", lines: lines)
    _ = try eventIngest(into: "till", requiring: ["id"], files, run: name).take([.file(path)])
  }
}

extension TestLake {
  /// The lake and its jobs so many days after the tests' time.
  func workspace(
    after days: Int64, _ files: any FileSystem = LocalFileSystem(), run: String = "keeper"
  ) throws -> Workspace {
    let time = Timestamp(
      microseconds: Timestamp.ofTests.microseconds + days * Timestamp.microsecondsPerDay)
    return try Workspace(
      lake: opened(files, run: run).at(Clock(now: time)), jobsFolder: folder.file("jobs"))
  }

  /// Brings silver up to date so many days after the tests' time.
  func refresh(after days: Int64, run: String) throws {
    let layer = LayerRun(
      try workspace(after: days, run: run), schema: "silver", context: context(),
      isFullRefresh: false)
    for dataset in try layer.choice.datasets(named: []) { try layer.refresh(dataset) { _ in } }
  }

  /// The sample business after two days of sales, of which the second changes one of the first.
  static func kept() throws -> TestLake {
    let lake = try TestLake.sample()
    try lake.take(["a|S1|1.00", "b|S1|2.00"], as: "one")
    try lake.refresh(["silver", "gold"], run: "first")
    try lake.take(["b|S1|2.50", "c|S2|3.00"], as: "two")
    try lake.refresh(["silver", "gold"], run: "second")
    return lake
  }

  /// The sales of the sample business, at a version.
  func sales(at version: Int64? = nil) throws -> [String] {
    try rows(
      "SELECT id, amount FROM silver.sales"
        + (version.map { " VERSION AS OF \($0)" } ?? ""))
  }

  /// The files below a folder of the lake, by their paths below it.
  func files(below folder: String) throws -> [String] {
    let files = LocalFileSystem()
    let root = self.folder.file("lake/\(folder)")
    func visit(_ path: String) throws -> [String] {
      try files.list(root + path).flatMap { name in
        let below = "\(path)/\(name)"
        let isFolder = try files.status(of: root + below)?.isDirectory ?? false
        return isFolder ? try visit(below) : [String(below.dropFirst())]
      }
    }
    return try visit("")
  }
}
