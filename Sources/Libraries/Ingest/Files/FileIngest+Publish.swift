import Bronze
import Columnar
import Core
import LakeJobs
import TextFormats

extension FileIngest {
  /// Makes a file part of the addition: its bytes as they are where all of them are records to be
  /// taken, else these written anew and the others set aside. False when its bytes are no longer
  /// those that were surveyed, when it had `status`.
  func publish(
    _ input: FileInput, _ status: FileStatus?, _ survey: FileSurvey, _ append: BronzeAppend
  ) throws -> Bool {
    if survey.isClean { return try copy(input, status, survey, append) }
    let file = try input.open(status, lake.fileSystem)
    return try classify(file, from: FileOrigin(name: input.name), append) {
      try input.isStill(status, lake.fileSystem)
    }
  }

  /// Sorts records into those that are taken and those that are set aside; nothing of them counts,
  /// and the answer is false, unless `holds` says so at the end.
  func classify(
    _ file: any ReadableFile, from origin: FileOrigin, _ append: BronzeAppend,
    if holds: () throws -> Bool = { true }
  ) throws -> Bool {
    let records = try FrameWriter(
      RawFileWriter(append, lake.fileSystem, suffix: format.suffix, isDated: isDated))
    let rejects = try RejectWriter(append, lake, contract.name)
    do {
      try format.classify(file, from: origin, into: records, rejects)
      guard try holds() else {
        records.discard()
        rejects.discard()
        return false
      }
      try records.publish()
      try rejects.publish()
    } catch {
      records.discard()
      rejects.discard()
      throw error
    }
    return true
  }

  private func copy(
    _ input: FileInput, _ status: FileStatus?, _ survey: FileSurvey, _ append: BronzeAppend
  ) throws -> Bool {
    if survey.recordCount == 0 { return true }
    let path = append.nextPath(suffix: suffix(of: input.name), isDated: isDated)
    let draft = DigestingDraft(
      try lake.fileSystem.draft(append.fullPath(path), replacing: false))
    do {
      let bytes = FileBytes(try input.open(status, lake.fileSystem))
      while let piece = try bytes.next() { try draft.append(piece) }
      guard draft.digestText == survey.digest else {
        draft.discard()
        return false
      }
      guard try draft.publish() == .published else {
        throw Fault(
          .temporary, at: Place(path), "another writer made this file first",
          remedy: "run the command again")
      }
    } catch {
      draft.discard()
      throw error
    }
    append.add(
      BronzeFile(
        path: path, rowCount: survey.recordCount, byteCount: survey.byteCount,
        digest: survey.digest))
    return true
  }

  /// `csv.gz` of `2011-01-04.csv.gz`: readers of other systems go by the name's end.
  private func suffix(of file: String) -> String {
    let name = lastComponent(of: file)
    guard let point = name.firstIndex(of: contract.format, after: ".") else {
      return contract.format
    }
    return String(name[point...])
  }

  private var isDated: Bool { contract.partitionColumns.contains("ingest_date") }
}

extension String {
  /// Where `word` begins in the text right after `mark`; nil when it does not occur so.
  fileprivate func firstIndex(of word: String, after mark: Character) -> Index? {
    indices.first { index in
      index > startIndex && self[self.index(before: index)] == mark
        && self[index...].hasPrefix(word)
    }
  }
}
