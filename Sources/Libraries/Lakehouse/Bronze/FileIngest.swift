import Columnar
import Core

/// Takes whole files of others into a bronze dataset, as they are: the contract says how to read
/// them.
package struct FileIngest {
  /// What became of the files.
  package struct Outcome {
    /// Nil when nothing was new.
    package var commit: BronzeCommit?
    /// Files that an earlier run took.
    package var known: [String] = []
    /// Files that were taken before with other bytes, and are new now.
    package var changed: [String] = []
  }

  private let lake: Lake
  private let contract: BronzeContract
  private let log: BronzeLog
  private let tool: String

  package init(lake: Lake, contract: BronzeContract, tool: String) {
    self.lake = lake
    self.contract = contract
    self.tool = tool
    log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
  }

  /// Takes the files that are new, all in one commit. Every file is read through by the contract
  /// first: one that cannot be read is a `.data` fault, and nothing is taken.
  package func take(
    _ files: [String], progress: (String) -> Void = { _ in }
  ) throws -> Outcome {
    var outcome = Outcome()
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    var known = KnownInputs(try log.inputs())
    for file in files {
      let status = try EventIngest.checkedStatus(of: file, lake.fileSystem)
      if known.has(file, status) {
        outcome.known.append(file)
        continue
      }
      progress(file)
      var input = BronzeInput(
        name: file, byteCount: status.byteCount, modified: status.modified,
        digest: try digest(of: file))
      if known.contains(digest: input.digest) {
        outcome.known.append(file)
        continue
      }
      input.isChanged = known.has(name: file)
      if input.isChanged { outcome.changed.append(file) }
      try copy(file, input, append)
      known.insert(input)
      append.add(input)
    }
    outcome.commit = try append.commit()
    return outcome
  }

  /// What `take` would find new, without taking it.
  package func newFiles(among files: [String]) throws -> [String] {
    let known = KnownInputs(try log.inputs())
    return try files.filter { file in
      try !known.has(file, EventIngest.checkedStatus(of: file, lake.fileSystem))
    }
  }

  private func digest(of file: String) throws(Fault) -> String {
    let bytes = DigestingSource(FileBytes(try lake.fileSystem.open(file)))
    while try bytes.next() != nil {}
    return bytes.finish()
  }

  private func copy(
    _ file: String, _ input: BronzeInput, _ append: BronzeAppend
  ) throws {
    let rowCount = try countRows(of: file)
    let path = append.nextPath(suffix: suffix(of: file), isDated: isDated)
    let draft = try lake.fileSystem.draft(append.fullPath(path), replacing: false)
    do {
      let bytes = FileBytes(try lake.fileSystem.open(file))
      while let piece = try bytes.next() { try draft.append(piece) }
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
        path: path, rowCount: rowCount, byteCount: input.byteCount, digest: input.digest))
  }

  private func countRows(of file: String) throws -> Int {
    let reader = RawFileReader(
      fileSystem: lake.fileSystem, schema: contract.schema, format: contract.format,
      options: contract.options, partitionColumns: contract.partitionColumns)
    let raw = RawFile(path: file, name: file, rowCount: nil, partition: [:])
    let rows = try reader.rows(
      of: raw, columns: [BronzeTable.Provenance.line], predicates: [])
    var count = 0
    while let batch = try rows.next() { count += batch.rowCount }
    return count
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
