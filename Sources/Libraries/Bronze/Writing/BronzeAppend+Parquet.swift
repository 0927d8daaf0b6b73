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
    let path = nextPath(suffix: "parquet")
    let draft = DigestingDraft(try fileSystem.draft(fullPath(path), replacing: false))
    do {
      let writer = try FileWriter(draft, schema: source.schema)
      try writer.append(first)
      while let batch = try source.next() { try writer.append(batch) }
      let statistics = try writer.finish()
      guard try draft.publish() == .published else {
        throw Fault(
          .temporary, at: Place(path), "another writer made this file first",
          remedy: "run the command again")
      }
      add(
        BronzeFile(
          path: path, rowCount: statistics.rowCount, byteCount: draft.byteCount,
          digest: draft.digestText))
      return statistics.rowCount
    } catch {
      draft.discard()
      throw error
    }
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
