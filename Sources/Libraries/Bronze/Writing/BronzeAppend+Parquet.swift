package import Columnar
package import Core
import Parquet

extension BronzeAppend {
  /// Writes the rows of `source` as one Parquet file and adds it; tells how many rows came. Without
  /// a row there is no file.
  package func addParquet(
    _ source: any BatchSource, fileSystem: any FileSystem
  ) throws -> Int {
    guard let first = try source.next() else { return 0 }
    let file = try ParquetAppend(to: self, schema: source.schema, fileSystem: fileSystem)
    try file.append(first)
    while let batch = try source.next() { try file.append(batch) }
    return try file.finish()
  }
}

/// One Parquet file on its way into a bronze dataset, batch by batch. Dropped before `finish`, it
/// leaves nothing.
package final class ParquetAppend {
  private let append: BronzeAppend
  private let path: String
  private let draft: DigestingDraft
  private let writer: FileWriter

  /// Begins a file of rows of `schema`.
  package init(
    to append: BronzeAppend, schema: Schema, fileSystem: any FileSystem
  ) throws(Fault) {
    self.append = append
    path = append.nextPath(suffix: "parquet")
    draft = DigestingDraft(try fileSystem.draft(append.fullPath(path), replacing: false))
    do {
      writer = try FileWriter(draft, schema: schema)
    } catch {
      draft.discard()
      throw error
    }
  }

  deinit { draft.discard() }

  /// Appends the rows of `batch`, which has the file's columns.
  package func append(_ batch: Batch) throws(Fault) { try writer.append(batch) }

  /// Publishes the file and adds it to the dataset; tells how many rows it holds.
  package func finish() throws(Fault) -> Int {
    let written = try writer.finish()
    guard try draft.publish() == .published else {
      throw Fault(
        .temporary, at: Place(path), "another writer made this file first",
        remedy: "run the command again")
    }
    append.add(
      BronzeFile(
        path: path, rowCount: written.rowCount, byteCount: draft.byteCount,
        digest: draft.digestText))
    return written.rowCount
  }
}

/// A draft that digests what is written to it.
package final class DigestingDraft: DraftFile {
  private let draft: any DraftFile
  private let digest = SHA256()

  package init(_ draft: any DraftFile) { self.draft = draft }

  package var byteCount: Int { draft.byteCount }

  /// SHA-256 of all that was written, in hex; once, at the end.
  package var digestText: String { hexText(digest.finish()) }

  package func append(_ bytes: [UInt8]) throws(Fault) {
    digest.append(bytes)
    try draft.append(bytes)
  }

  package func publish() throws(Fault) -> FilePublication { try draft.publish() }

  package func discard() { draft.discard() }
}
