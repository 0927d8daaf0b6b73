import Bronze
import Columnar
import Core
import LakeJobs
import Parquet
import TextFormats

/// Files of Parquet.
struct ParquetFile: FileFormat {
  let suffix = "parquet"
  let declared: [Field]
  let drift: FileRules.Drift

  init(_ contract: BronzeContract, _ rules: FileRules) {
    declared = contract.fieldsInFiles
    drift = rules.drift
  }

  /// A column of a type that the declared one does not hold is a `.verdict` fault, but where
  /// drifted files are set aside: what cannot be read cannot be taken.
  func survey(_ file: any ReadableFile, sums: [String], at place: Place) throws -> FileSurvey {
    var survey = FileSurvey(sums)
    let bytes = DigestingSource(FileBytes(file))
    while try bytes.next() != nil {}
    survey.byteCount = bytes.byteCount
    survey.digest = bytes.finish()
    let reader = try FileReader(file, at: place)
    survey.drift = differences(of: reader)
    let mistyped = survey.drift.differences.compactMap { difference in
      if case .mistyped(let words) = difference { words } else { nil }
    }
    guard mistyped.isEmpty || drift == .quarantine else {
      throw Fault(
        .verdict, at: place, mistyped.joined(separator: ", "),
        remedy: "have the file written with the declared types, or change the contract")
    }
    // All of it is read, so that damage is found before it is published.
    let batches = try reader.batches()
    let summed = try positions(of: sums, in: reader.schema, at: place)
    while let batch = try batches.next() {
      survey.recordCount += batch.rowCount
      for (name, position) in summed { add(batch, name, position, to: &survey) }
    }
    if setsAside(survey.drift) { survey.driftedCount = survey.recordCount }
    return survey
  }

  /// Sets all rows aside, as JSON: a file is sorted only when its columns have drifted.
  func classify(
    _ file: any ReadableFile, from origin: FileOrigin, into records: FrameWriter,
    _ rejects: RejectWriter
  ) throws {
    let reader = try FileReader(file, at: Place(origin.name))
    let reason = RejectReason.drift(differences(of: reader).words)
    let batches = try reader.batches()
    var line: Int64 = 0
    while let batch = try batches.next() {
      let texts = JSONRowFormatter.texts(of: batch)
      for row in 0..<batch.rowCount {
        line += 1
        try rejects.append(Array(texts[row]), reason, at: origin.place(ofLine: line))
      }
    }
  }

  private func setsAside(_ found: SchemaDrift) -> Bool { drift == .quarantine && !found.isEmpty }

  private func differences(of file: FileReader) -> SchemaDrift {
    let schema = file.schema
    let match = FieldNames(declared.map(\.name)).match(schema.names)
    var drift = SchemaDrift(of: declared, match, in: schema.names)
    for (column, position) in zip(declared, match.positions) {
      guard let position else { continue }
      let field = schema.fields[position]
      guard !column.type.holdsAll(of: field.type), !file.hasOnlyNulls(at: position) else {
        continue
      }
      drift.add(.mistyped("'\(field.name)' is \(field.type.sql), not \(column.type.sql)"))
    }
    return drift
  }

  /// Where the columns stand in the file that are to be summed up; nil for one that it lacks.
  private func positions(
    of sums: [String], in schema: Schema, at place: Place
  ) throws(Fault) -> [(name: String, position: Int?)] {
    let names = FieldNames(declared.map(\.name))
    let match = names.match(schema.names)
    var positions: [(name: String, position: Int?)] = []
    for sum in sums {
      guard let column = names.column(of: sum) else { throw FileSurvey.noColumn(sum, at: place) }
      positions.append((sum, match.positions[column.position]))
    }
    return positions
  }

  private func add(
    _ batch: Batch, _ name: String, _ position: Int?, to survey: inout FileSurvey
  ) {
    guard let position else { return }
    for row in 0..<batch.rowCount {
      survey.add(batch.columns[position].scalar(at: row), to: name) { Decimal(parsing: $0) }
    }
  }
}

extension Field {
  func isNamed(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }
}
