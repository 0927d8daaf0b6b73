import Bronze
import Columnar
import Core
import LakeJobs

/// A way of writing records down that a contract's files are read by.
protocol FileFormat {
  /// What a file that is written anew ends its name with: `json.zst`.
  var suffix: String { get }

  /// Reads a file through; `sums` names the columns to be summed up. `.data` when the whole cannot
  /// be read.
  func survey(_ file: any ReadableFile, sums: [String], at place: Place) throws -> FileSurvey

  /// Writes the records of a file that are to be taken, and sets the others aside.
  func classify(
    _ file: any ReadableFile, from origin: FileOrigin, into records: FrameWriter,
    _ rejects: RejectWriter
  ) throws

  /// Takes records of such files that were set aside once more into an addition of `ingest`; those
  /// that still do not suit are set aside again.
  func retake(_ rows: [ReplayRequest], by ingest: FileIngest, _ append: BronzeAppend) throws
}

/// A way of writing records down as text, which can be put together anew.
protocol TextFileFormat: FileFormat {
  /// The text of a record that stands for itself, without its last line break.
  func record(_ raw: [UInt8]) -> [UInt8]

  /// The bytes of a file that holds `text`, which is UTF-8.
  func encoded(_ text: [UInt8]) -> [UInt8]
}

extension BronzeContract {
  /// The columns that the files have: those of the folder names are not in them.
  var fieldsInFiles: [Field] {
    schema.fields.filter { field in !partitionColumns.contains(where: field.isNamed) }
  }

  /// How its dropped files are read.
  func dropFormat(_ rules: FileRules, threads: Int) throws(Fault) -> any FileFormat {
    switch format {
    case "csv": try CSVFile(self, rules)
    case "parquet": ParquetFile(self, rules)
    default: try JSONFile(self, rules, threads: threads)
    }
  }
}

/// Where records come from, for what is told of them.
struct FileOrigin {
  /// The file that messages name.
  var name: String
  /// Where records that are replayed came from at first, by the line that each begins with now;
  /// empty for a file.
  var places: [Int64: LinePlace] = [:]

  /// Where the record came from that begins with a line, before which there are `offset` bytes.
  func place(ofLine line: Int64, offset: Int64? = nil) -> LinePlace {
    if places.isEmpty {
      return LinePlace(source: name, line: Int(line), offset: offset.map { Int($0) })
    }
    // A record that was mended may have become several.
    let start = places.keys.filter { $0 <= line }.max()
    return places[line] ?? start.flatMap { places[$0] } ?? LinePlace(source: name, line: 0)
  }
}
