import Bronze
import Columnar
import Core
import Delta
import LakeJobs
import Parquet

/// Takes a person out of a Parquet file: as many rows, in the same order, under the same name.
struct DataFileErasure {
  /// What the file is now.
  struct Outcome {
    var place: ErasedPlace
    var written: WrittenFile?
    var schema: Schema
  }

  private let work: ErasureWork
  private let rows: RowScrub
  /// The columns of the file's table, which tell those that are sealed.
  private let table: Schema?
  private let names: ColumnRenaming

  /// Of a table that maps its columns, `names` says what those of files are called.
  init(
    _ work: ErasureWork, _ roles: RowRoles, table: Schema? = nil,
    names: ColumnRenaming = ColumnRenaming()
  ) {
    self.work = work
    self.table = table
    self.names = names
    rows = RowScrub(work.person, roles, work.scrub)
  }

  /// How many rows hold the person.
  func count(in path: String) throws -> Int {
    let reader = try FileReader(work.files.open(path), at: Place(path))
    let seals = try seals(of: reader)
    let batches = try reader.batches()
    var count = 0
    while let batch = try batches.next().map(names.logical) {
      count += rows.scrubbed(try seals?.opened(batch) ?? batch)?.count ?? 0
    }
    return count
  }

  /// Replaces the file where it holds the person, or was begun by a run before; nil where it may
  /// stay.
  func erase(_ path: String, as kind: ErasedPlace.Kind) throws -> Outcome? {
    guard var place = try work.place(kind, path, count: count(in: path)) else { return nil }
    let reader = try FileReader(
      work.files.open(path), numberedBy: ColumnMapping.idKey, at: Place(path))
    guard !work.isTrial else { return Outcome(place: place, schema: reader.schema) }
    try work.begin(place)
    let draft = DigestingDraft(try work.files.draft(path, replacing: true))
    let seals = try seals(of: reader)
    let batches = try reader.batches()
    let writer = try FileWriter(
      draft, schema: reader.schema, numberedBy: ColumnMapping.idKey)
    let schema = names.logical(reader.schema)
    while let batch = try batches.next().map(names.logical) {
      guard let seals else {
        try writer.append(rows.scrubbed(batch)?.batch ?? batch)
        continue
      }
      guard let scrubbed = try rows.scrubbed(seals.opened(batch)) else {
        try writer.append(batch)
        continue
      }
      try writer.append(seals.sealed(scrubbed.batch, as: schema))
    }
    let written = try writer.finish()
    _ = try draft.publish()
    place.after = draft.digestText
    return Outcome(place: place, written: written, schema: reader.schema)
  }

  private func seals(of reader: FileReader) throws(Fault) -> FileSeals? {
    guard let table else { return nil }
    return try FileSeals(
      of: names.logical(reader.schema), in: table, work.lake.keys, at: reader.place)
  }
}
