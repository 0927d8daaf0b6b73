import Core
import Delta
import Parquet
import TestSupport

extension Target {
  /// The input says which numbers of which file become extreme.
  static let parquetNumbers = Target(
    name: "parquet-numbers", meaning: "Parquet files whose counts and sizes are extreme",
    corpus: [.own("parquet")]
  ) { input in
    let seed = input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let names = ["dictionaries", "flat", "nested", "sales"]
    let file = Corpus.file("parquet/\(names[Int(seed >> 8 % 4)]).parquet")
    guard let changed = ThriftNumbers.changed(file, seed: seed) else {
      throw Disagreement("a file of the corpus has no footer")
    }
    let reader = try FileReader(MemoryFile(changed), at: Place("input.parquet"))
    try drain(reader.batches(), atMost: 50)
  }

  /// The input is what the log holds in letters of base 85.
  static let deltaVectors = Target(
    name: "delta-vectors", meaning: "deletion vectors of a Delta table",
    corpus: [.own("delta-vectors")],
    words: ["\u{3B}\u{30}\u{0}\u{0}", "\u{3A}\u{30}\u{0}\u{0}", "\u{0}\u{0}\u{0}\u{0}"]
  ) { input in
    try MemoryTable(vector: input).read()
  }
}
