import Columnar
import Compression
import Core
import JSON
import TextFormats

/// Files of JSON lines: an object a line.
struct JSONDrop: DropFormat {
  let suffix = "json.zst"
  private let check: ShapeCheck
  private let drift: DropRules.Drift

  init(_ contract: BronzeContract, _ rules: DropRules) throws(Fault) {
    for (key, value) in contract.options {
      let isOther = (key == "encoding" || key == "charset") && TextEncoding(named: value) != .utf8
      guard !isOther, key != "multiline" || Bool(parsing: value) == false else {
        throw Fault(
          .configuration, at: contract.place,
          "option '\(key)' of JSON files cannot be '\(value)' here",
          remedy: "have an object a line, in UTF-8")
      }
    }
    check = ShapeCheck(contract.fieldsInFiles)
    drift = rules.drift
  }

  func survey(_ file: any ReadableFile, sums: [String], at place: Place) throws -> DropSurvey {
    var survey = DropSurvey(sums)
    let bytes = DigestingSource(FileBytes(file))
    try forEachLine(of: bytes, at: place) { line in
      survey.recordCount += 1
      for difference in line.drift { survey.drift.add(difference) }
      if let flaw = line.flaw {
        survey.addFlaw(flaw.words, line: line.number)
      } else if drift == .quarantine, !line.drift.isEmpty {
        survey.driftedCount += 1
      }
      for column in sums {
        let value = line.object?[column] ?? .null
        let text = value.number ?? value.string
        let scalar: Scalar = value.isNull ? .null : text.map(Scalar.string) ?? .boolean(false)
        survey.add(scalar, to: column) { Decimal(parsing: $0) }
      }
    }
    while try bytes.next() != nil {}
    survey.byteCount = bytes.byteCount
    survey.digest = bytes.finish()
    return survey
  }

  func sort(
    _ file: any ReadableFile, from origin: DropOrigin, into records: RecordFiles,
    _ rejects: RejectWriter
  ) throws {
    try forEachLine(of: FileBytes(file), at: Place(origin.name)) { line in
      let drifted = drift == .quarantine && !line.drift.isEmpty
      let reason = line.flaw ?? (drifted ? .drift(line.drift.map(\.words)) : nil)
      if let reason {
        let place = origin.place(ofLine: line.number, offset: line.offset)
        try rejects.append(Array(line.text), reason, at: place)
      } else {
        try records.append(line.text + [0x0A])
      }
    }
  }

  /// A line that is not blank.
  private struct Line {
    var text: ArraySlice<UInt8>
    /// From 1.
    var number: Int64
    /// How many bytes come before it.
    var offset: Int64
    var object: JSONObject?
    var flaw: RejectReason?
    var drift: [SchemaDrift.Difference] = []
  }

  private func forEachLine(
    of source: any ByteSource, at place: Place, _ body: (Line) throws -> Void
  ) throws {
    let blocks = LineBlocks(
      DecompressingReader(source, at: place), blockByteCount: EventBlock.byteCount)
    let block = ByteBlock(capacity: EventBlock.byteCount)
    let reader = JSONReader()
    var number: Int64 = 0
    while true {
      switch try blocks.fill(block) {
      case .end: return
      case .overlongLine:
        number += 1
        try body(
          Line(
            text: Array(block.bytes)[...], number: number, offset: Int64(blocks.offset),
            flaw: .tooLong(blocks.maximumLineLength)))
      case .lines:
        let bytes = Array(block.bytes)
        var start = 0
        while start < bytes.count {
          let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
          number += 1
          let text = bytes[start..<end]
          if !text.allSatisfy(isBlank) {
            try body(
              line(
                Line(text: text, number: number, offset: Int64(blocks.offset + start)),
                isTorn: end == bytes.count, reader))
          }
          start = end + 1
        }
      }
    }
  }

  /// What is in a line; one without a line break may be torn.
  private func line(_ line: Line, isTorn: Bool, _ reader: JSONReader) -> Line {
    var line = line
    if case .object(let object)? = try? reader.read(line.text) {
      line.object = object
      (line.drift, line.flaw) = check.differences(of: object)
    } else {
      line.flaw = isTorn ? .torn : RejectReason(.noObject)
    }
    return line
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
