import Bronze
import Columnar
import Core
import LakeJobs
import TextFormats

/// Files of CSV by a contract's options.
struct CSVFile: TextFileFormat {
  /// Names of the columns that tell of a record.
  private enum Told {
    static let text = "_text"
    static let line = "_line"
    static let offset = "_offset"
    static let problem = "_problem"
  }

  let suffix = "csv.zst"
  private let declared: [Field]
  private let options: CSVOptions
  private let drift: FileRules.Drift

  init(_ contract: BronzeContract, _ rules: FileRules) throws(Fault) {
    do {
      var options = try CSVOptions(spark: contract.options)
      options.rawColumn = Told.text
      options.lineNumberColumn = Told.line
      options.offsetColumn = Told.offset
      options.problemColumn = Told.problem
      options.trailerMark = rules.trailer?.mark
      // Silver sets aside what it would have to round; so does the door.
      options.exactNumbers = true
      self.options = options
    } catch {
      throw error.placed(at: contract.place)
    }
    let options = options
    declared = contract.fieldsInFiles.filter { $0.name != options.corruptRecordColumn }
    drift = rules.drift
  }

  func survey(_ file: any ReadableFile, sums: [String], at place: Place) throws -> FileSurvey {
    var survey = FileSurvey(sums)
    let bytes = DigestingSource(FileBytes(file))
    let reader = try reader(bytes, texts: try columns(of: sums, at: place), at: place)
    while let batch = try reader.next() {
      survey.recordCount += batch.rowCount
      let problem = batch.column(Told.problem)
      let line = batch.column(Told.line)
      for row in 0..<batch.rowCount {
        guard problem?.isNull(row) == false, case .string(let words)? = problem?.scalar(at: row),
          case .integer(let number)? = line?.scalar(at: row)
        else { continue }
        survey.addFlaw(words, line: number)
      }
      for (column, name) in zip(batch.columns, sums) {
        for row in 0..<batch.rowCount {
          survey.add(column.scalar(at: row), to: name) { options.numerals.number($0) }
        }
      }
    }
    while try bytes.next() != nil {}
    survey.byteCount = bytes.byteCount
    survey.digest = bytes.finish()
    survey.drift = differences(of: reader.header)
    survey.driftedCount = setsAside(survey.drift) ? survey.recordCount - survey.badCount : 0
    survey.trailer = reader.trailer
    return survey
  }

  func classify(
    _ file: any ReadableFile, from origin: FileOrigin, into records: FrameWriter,
    _ rejects: RejectWriter
  ) throws {
    let reader = try reader(FileBytes(file), texts: [], at: Place(origin.name))
    while let batch = try reader.next() {
      let header = reader.header?.text
      let differences = differences(of: reader.header)
      records.begin(with: encoded(header.map { $0 + [0x0A] } ?? []))
      let drifted = setsAside(differences) ? RejectReason.drift(differences.words) : nil
      try forEachRecord(of: batch) { text, line, offset, problem in
        let flaw = problem.map { RejectReason(rule: "valid_csv", words: $0) }
        if let reason = flaw ?? drifted {
          let place = origin.place(ofLine: line, offset: offset)
          try rejects.append(Array(text), reason, at: place, header: header)
        } else {
          try records.append(options.encoding.encoded((text + [0x0A])[...]))
        }
      }
    }
  }

  /// Quoted text may have line breaks.
  func record(_ raw: [UInt8]) -> [UInt8] { raw }

  func encoded(_ text: [UInt8]) -> [UInt8] {
    options.encoding.mark + options.encoding.encoded(text[...])
  }

  private func forEachRecord(
    of batch: Batch,
    _ body: (_ text: ArraySlice<UInt8>, _ line: Int64, _ offset: Int64?, _ problem: String?) throws
      -> Void
  ) throws {
    guard case .bytes(let texts) = batch.column(Told.text)?.flattened().values,
      case .int64(let lines) = batch.column(Told.line)?.values,
      case .int64(let offsets) = batch.column(Told.offset)?.values,
      let problems = batch.column(Told.problem)
    else { preconditionFailure("a reader tells the text, line and offset of each record") }
    for row in 0..<batch.rowCount {
      let problem: String? =
        if case .string(let words) = problems.scalar(at: row) { words } else { nil }
      // In another encoding the bytes before a record are not those of the file.
      let offset = options.encoding == .utf8 ? offsets[row] : nil
      try body(texts[row], lines[row], offset, problem)
    }
  }

  /// Reads records; besides what is told of each, the texts of some columns.
  private func reader(
    _ source: any ByteSource, texts columns: [String], at place: Place
  ) throws -> CSVReader {
    var options = options
    options.givesTexts = true
    return try CSVReader(
      source, schema: Schema(declared), columns: columns, options: options, at: place)
  }

  /// The columns that are to be summed up, from what the sender wrote: a sum of rounded numbers
  /// would not be the sender's.
  private func columns(of sums: [String], at place: Place) throws(Fault) -> [String] {
    let names = FieldNames(declared.map(\.name))
    var columns: [String] = []
    for sum in sums {
      guard let column = names.column(of: sum) else { throw FileSurvey.noColumn(sum, at: place) }
      columns.append(declared[column.position].name)
    }
    return columns
  }

  private func setsAside(_ found: SchemaDrift) -> Bool { drift == .quarantine && !found.isEmpty }

  private func differences(of header: CSVHeader?) -> SchemaDrift {
    header.map { SchemaDrift(of: declared, $0.match(declared), in: $0.names) } ?? SchemaDrift()
  }
}

extension BronzeContract {
  /// How its files write numbers with a fraction.
  var numerals: CSVNumerals {
    options["locale"].flatMap { CSVNumerals(languageTag: $0) } ?? .english
  }
}
