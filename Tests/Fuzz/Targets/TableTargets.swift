import Columnar
import Core
import Delta
import Parquet
import TestSupport

extension Target {
  static let parquet = Target(
    name: "parquet", meaning: "Parquet files",
    corpus: [
      .own("parquet"), .shared("conformance/parquet-testing/data", suffix: ".parquet"),
      .attacks("cases/security", suffix: ".parquet"),
    ],
    words: ["PAR1", "\u{0}\u{0}\u{0}\u{0}", "\u{15}\u{0}", "\u{16}", "\u{1}"]
  ) { input in
    let reader = try FileReader(MemoryFile(input), at: Place("input.parquet"))
    // A damaged count may promise rows without end.
    try drain(reader.batches(rowCount: 1_000), atMost: 50)
  }

  /// Commits of a table of one data file.
  static let deltaCommits = Target(
    name: "delta-commits", meaning: "commits of a Delta log",
    corpus: [.own("delta-commits"), .shared("conformance/delta-golden", suffix: "01.json")],
    words: [
      "{\"add\":", "{\"remove\":", "{\"metaData\":", "{\"protocol\":", "{\"txn\":",
      "\"deletionVector\":{\"storageType\":\"i\",\"pathOrInlineDv\":\"", "null", "\"stats\":\"{}\"",
      "\\\"numRecords\\\":", "\"partitionValues\":{}", "columnMapping",
      "\"delta.columnMapping.mode\":",
      "\"name\"", "\"id\"", "%2F", "../", "file:", "timestampNtz", "v2Checkpoint",
      "\\\"decimal(38,38)\\\"",
    ]
  ) { input in
    try MemoryTable(commit: input).read()
  }

  static let deltaCheckpoints = Target(
    name: "delta-checkpoints", meaning: "checkpoints of a Delta log",
    corpus: [
      .own("delta-checkpoints"),
      .shared("conformance/delta-golden", suffix: ".checkpoint.parquet"),
    ],
    words: ["PAR1", "{\"type\":\"struct\"", "null"]
  ) { input in
    try MemoryTable(checkpoint: input).read()
  }

  static let deltaPointers = Target(
    name: "delta-pointers", meaning: "_last_checkpoint of a Delta log",
    corpus: [
      .own("delta-pointers"),
      .shared("conformance/delta-tables", suffix: "_last_checkpoint"),
    ],
    words: [
      "\"version\":", "\"size\":", "\"parts\":", "\"checksum\":", "\"v2Checkpoint\":", "null",
    ]
  ) { input in
    try MemoryTable(pointer: input).read()
  }
}

/// A Delta table in memory, a file of which is the input.
struct MemoryTable {
  private static let log = "t/_delta_log"
  private static let firstCommit = Corpus.file("delta-commits/first.json")
  private static let secondCommit = Corpus.file("delta-commits/second.json")
  private static let checkpoint = Corpus.file("delta-checkpoints/first.parquet")
  private static let dataFile = Corpus.file("parquet/sales.parquet")
  private let folder: MemoryFolder

  init(commit: [UInt8]) {
    folder = MemoryFolder(
      [
        "\(Self.log)/00000000000000000000.json": Self.firstCommit,
        "\(Self.log)/00000000000000000001.json": commit,
      ], dataFile: Self.dataFile)
  }

  init(checkpoint: [UInt8]) {
    // Without the first commit, for which a damaged checkpoint would be passed over.
    folder = MemoryFolder(
      [
        "\(Self.log)/00000000000000000000.checkpoint.parquet": checkpoint,
        "\(Self.log)/00000000000000000001.json": Self.secondCommit,
      ], dataFile: Self.dataFile)
  }

  init(pointer: [UInt8]) {
    folder = MemoryFolder(
      [
        "\(Self.log)/00000000000000000000.json": Self.firstCommit,
        "\(Self.log)/00000000000000000000.checkpoint.parquet": Self.checkpoint,
        "\(Self.log)/00000000000000000001.json": Self.secondCommit,
        "\(Self.log)/_last_checkpoint": pointer,
      ], dataFile: Self.dataFile)
  }

  /// A table whose file has the deletion vector `vector`, which says that it has three rows.
  init(vector: [UInt8]) {
    let whole = vector + [UInt8](repeating: 0, count: (4 - vector.count % 4) % 4)
    let text = MemoryTable.base85(whole)
    let descriptor =
      "{\"storageType\":\"i\",\"pathOrInlineDv\":\"\(text)\",\"sizeInBytes\":\(vector.count),"
      + "\"cardinality\":3}"
    let add =
      "{\"add\":{\"path\":\"v.parquet\",\"partitionValues\":{},\"size\":510,"
      + "\"modificationTime\":1,\"dataChange\":true,\"deletionVector\":\(descriptor)}}\n"
    self.init(commit: Array(add.utf8))
  }

  private static func base85(_ bytes: [UInt8]) -> String {
    let letters = Array(
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 4) {
      var number = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
      var group: [Character] = []
      for _ in 0..<5 {
        group.append(letters[number % 85])
        number /= 85
      }
      text += String(group.reversed())
    }
    return text
  }

  /// Reads the log, then the rows of the latest version as far as its files are there.
  func read() throws {
    let table = Table("t", folder)
    let snapshot = try table.snapshot()
    _ = try table.history()
    try readOrRefuse { _ = try table.changes(from: 0, to: 1) }
    _ = try table.snapshot(at: .version(0))
    guard let snapshot else { return }
    _ = (snapshot.rowCount, snapshot.byteCount, snapshot.properties)
    for source in try snapshot.scan().sources(atMost: 2) { try drain(source, atMost: 20) }
  }
}
