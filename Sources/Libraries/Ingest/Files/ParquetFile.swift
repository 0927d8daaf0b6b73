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
    survey.drift = differences(of: reader.schema)
    let mistyped = survey.drift.differences.compactMap { difference in
      if case .mistyped(let words) = difference { words } else { nil }
    }
    guard mistyped.isEmpty || drift == .quarantine else {
      throw Fault(
        .verdict, at: place, mistyped.joined(separator: ", "),
        remedy: "have the file written with the declared types, or change the contract")
    }
    // All of it is read, so that damage is found before it is published.
    let batches = try reader.batches(columns: reader.schema.names)
    while let batch = try batches.next() {
      survey.recordCount += batch.rowCount
      for column in sums { try add(batch, column, to: &survey, at: place) }
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
    let reason = RejectReason.drift(differences(of: reader.schema).words)
    let batches = try reader.batches(columns: reader.schema.names)
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

  private func differences(of schema: Schema) -> SchemaDrift {
    var drift = SchemaDrift()
    for field in schema.fields {
      guard let column = declared.first(where: { $0.isNamed(field.name) }) else {
        drift.add(.undeclared(field.name))
        continue
      }
      if !column.type.holdsAll(of: field.type) {
        drift.add(.mistyped("'\(field.name)' is \(field.type.sql), not \(column.type.sql)"))
      }
    }
    for column in declared where !schema.fields.contains(where: { column.isNamed($0.name) }) {
      drift.add(.absent(column.name))
    }
    return drift
  }

  private func add(
    _ batch: Batch, _ name: String, to survey: inout FileSurvey, at place: Place
  ) throws(Fault) {
    guard let column = batch.schema.fields.firstIndex(where: { $0.isNamed(name) }) else {
      throw FileSurvey.noColumn(name, at: place)
    }
    for row in 0..<batch.rowCount {
      survey.add(batch.columns[column].scalar(at: row), to: name) { Decimal(parsing: $0) }
    }
  }
}

extension Field {
  func isNamed(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }
}
