import Bronze
import Columnar
import Core
import JSON
import LakeJobs
import TextFormats

/// Files of JSON lines: an object a line.
struct JSONFile: TextFileFormat {
  let suffix = "json.zst"
  private let check: ShapeCheck
  private let drift: FileRules.Drift
  private let threadCount: Int

  init(_ contract: BronzeContract, _ rules: FileRules, threads: Int) throws(Fault) {
    for (key, value) in contract.options {
      let isOther = (key == "encoding" || key == "charset") && TextEncoding(named: value) != .utf8
      guard !isOther, key != "multiline" || Bool(parsing: value) == false else {
        throw Fault(
          .configuration, at: contract.place,
          "option '\(key)' of JSON files cannot be '\(value)' here",
          remedy: "have an object a line, in UTF-8")
      }
    }
    check = ShapeCheck(contract)
    drift = rules.drift
    threadCount = threads
  }

  func survey(_ file: any ReadableFile, sums: [String], at place: Place) throws -> FileSurvey {
    var survey = FileSurvey(sums)
    let bytes = DigestingSource(FileBytes(file))
    let columns = sums.map { check.column(named: $0) }
    try forEachLine(of: bytes, at: place) { line in
      survey.recordCount += 1
      for difference in line.drift { survey.drift.add(difference) }
      if let flaw = line.flaw {
        survey.addFlaw(flaw.words, line: line.number)
      } else if drift == .quarantine, !line.drift.isEmpty {
        survey.driftedCount += 1
      }
      for (name, column) in zip(sums, columns) {
        let value =
          line.object.map { object in
            column.map { check.value(of: $0, in: object) } ?? object[name] ?? .null
          } ?? .null
        let text = value.number ?? value.string
        let scalar: Scalar = value.isNull ? .null : text.map(Scalar.string) ?? .boolean(false)
        survey.add(scalar, to: name) { Decimal(parsing: $0) }
      }
    }
    while try bytes.next() != nil {}
    survey.byteCount = bytes.byteCount
    survey.digest = bytes.finish()
    return survey
  }

  func classify(
    _ file: any ReadableFile, from origin: FileOrigin, into records: FrameWriter,
    _ rejects: RejectWriter
  ) throws {
    try forEachLine(of: FileBytes(file), at: Place(origin.name)) { line in
      if let reason = line.reason(drift) {
        let place = origin.place(ofLine: line.number, offset: line.offset)
        try rejects.append(Array(line.text), reason, at: place)
      } else {
        try records.append(line.text + [0x0A])
      }
    }
  }

  func record(_ raw: [UInt8]) -> [UInt8] { raw.onOneLine }

  func encoded(_ text: [UInt8]) -> [UInt8] { text }

  private func forEachLine(
    of source: any ByteSource, at place: Place, _ body: (JSONFileLines.Line) throws -> Void
  ) throws {
    let lines = JSONFileLines(source, check, threads: threadCount, at: place)
    while let some = try lines.next() { try some.forEach(body) }
  }
}
