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
    let reader = try reader(bytes, columns: sums, at: place)
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
      for name in sums {
        guard let column = batch.column(name) else { continue }
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
    let reader = try reader(FileBytes(file), columns: [], at: Place(origin.name))
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

  private func reader(
    _ source: any ByteSource, columns: [String], at place: Place
  ) throws -> CSVReader {
    for column in columns where !declared.contains(where: { $0.name == column }) {
      throw FileSurvey.noColumn(column, at: place)
    }
    return try CSVReader(
      source, schema: Schema(declared), columns: columns, options: options, at: place)
  }

  private func setsAside(_ found: SchemaDrift) -> Bool { drift == .quarantine && !found.isEmpty }

  private func differences(of header: CSVHeader?) -> SchemaDrift {
    var drift = SchemaDrift()
    guard let header else { return drift }
    for name in header.names(not: declared) { drift.add(.undeclared(name)) }
    for (column, position) in zip(declared, header.positions(of: declared)) where position == nil {
      drift.add(.absent(column.name))
    }
    return drift
  }
}

extension BronzeContract {
  /// How its files write numbers with a fraction.
  var numerals: CSVNumerals {
    options["locale"].flatMap { CSVNumerals(languageTag: $0) } ?? .english
  }
}
