import Columnar
import Compression
import Core
import TestSupport
import TextFormats
import YAML

extension Target {
  static let csv = Target(
    name: "csv", meaning: "comma-separated values, with options of every kind",
    corpus: [
      .own("csv"), .shared("conformance/csv-spectrum", suffix: ".csv"),
      .shared("conformance/csv-test-data", suffix: ".csv"),
    ],
    words: [
      ",", ";", "\"", "\"\"", "\n", "\r", "\r\n", "\t", "\\", "#", "T", "\u{FEFF}", "\u{0}",
      "a,b,c",
      "1.234,56", "\u{A0}",
    ]
  ) { input in
    let file = MemoryFile(input)
    let place = Place("input")
    for options in csvOptions {
      try readOrRefuse {
        try drain(CSVReader(file, schema: Foreign.flat, options: options, at: place))
      }
      try readOrRefuse {
        let schema = try SchemaInference.csv(file, options: options, at: place)
        try drain(CSVReader(file, schema: schema, options: options, at: place))
      }
    }
  }

  private static let csvOptions: [CSVOptions] = {
    var plain = CSVOptions(
      rawColumn: "__raw", lineNumberColumn: "__line", problemColumn: "__problem")
    plain.offsetColumn = "__offset"
    plain.batchRowCount = 2
    var european = CSVOptions(header: true, separator: UInt8(ascii: ";"))
    european.encoding = .latin1
    if let numerals = CSVNumerals(languageTag: "de-DE") { european.numerals = numerals }
    european.trimsSpaces = true
    var wide = CSVOptions(header: true, escape: UInt8(ascii: "\\"), nullValue: "NULL")
    wide.encoding = .utf16
    wide.comment = UInt8(ascii: "#")
    var closed = CSVOptions()
    closed.trailerMark = "T"
    closed.maximumRecordLength = 64
    return [plain, european, wide, closed]
  }()

  static let yaml = Target(
    name: "yaml", meaning: "YAML that people write",
    corpus: [.own("yaml"), CorpusSource(path: "jobs", suffix: ".yml")],
    words: [
      ": ", "- ", "\n", "\n  ", "&a ", "*a", "<<: ", "|\n", ">-\n", "'", "\"", "{", "}", "[", "]",
      "#", "---\n", "...\n", "!!str ", "%YAML 1.2\n", "? ", "\t", "\u{FEFF}", "\\x41",
    ]
  ) { input in
    try walk(YAMLFile(input, path: "input.yml").root)
  }

  private static func walk(_ value: YAMLValue) throws {
    try readOrRefuse { _ = try value.integer() }
    try readOrRefuse { _ = try value.texts() }
    try readOrRefuse { for member in try value.members() { try walk(member.value) } }
    try readOrRefuse { for element in try value.list() { try walk(element) } }
  }

  static let streams = Target(
    name: "streams", meaning: "gzip, zstd and Snappy", corpus: [.own("streams")],
    words: ["\u{1F}", "(", "\u{0}\u{0}\u{0}\u{0}"]
  ) { input in
    for codec in Codec.allCases {
      try readOrRefuse {
        _ = try codec.decompress(block: input, expectedByteCount: 1_000, at: Place("input"))
      }
    }
    // In pieces, as a pipe gives them.
    let pieces = stride(from: 0, to: input.count, by: 100).map { start in
      Array(input[start..<min(start + 100, input.count)])
    }
    let reader = DecompressingReader(MemoryBytes(pieces), at: Place("input"))
    var left = 1_000  // A bomb is for its reader to stop.
    while left > 0, try reader.next() != nil { left -= 1 }
  }
}

/// Lets a target go on behind a reading that was refused.
func readOrRefuse(_ read: () throws -> Void) throws {
  do {
    try read()
  } catch let fault as Fault where fault.kind != .internal {
    // The next reading may get further.
  }
}
