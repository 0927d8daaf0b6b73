package import Columnar
package import Core
import JSON
package import Parquet

/// What the log is to say of a data file whose bytes were replaced.
package struct RestatedFile: Sendable, Hashable {
  package var byteCount: Int
  /// The statistics as JSON text; nil for a file of changed rows, which has none.
  package var statisticsText: String?
  /// SHA-256 of its bytes, in hex: its name is that of the bytes that it had.
  package var digest: String

  package init(byteCount: Int, statisticsText: String?, digest: String) {
    self.byteCount = byteCount
    self.statisticsText = statisticsText
    self.digest = digest
  }
}

/// Has a table's log say the truth of data files that were replaced by others of as many rows, in
/// every version that has them: no version goes or comes by it.
///
/// It is for what must not stand in any version. Each file of the log is replaced as a whole, and
/// says the truth or what was true: stopped anywhere, it is begun again.
package struct LogRestatement {
  /// The tag that tells the digest of a file that was replaced.
  package static let digestTag = "medallion.digest"

  private let table: Table
  private let files: [[UInt8]: RestatedFile]
  private let cleaned: (String) -> String?

  /// `files` by their paths below the table's folder; `cleaned` gives what a text of the log is to
  /// be instead, nil where it may stay.
  package init(
    of table: Table, _ files: [String: RestatedFile], cleaned: @escaping (String) -> String?
  ) {
    self.table = table
    self.files = Dictionary(uniqueKeysWithValues: files.map { (Array($0.key.utf8), $0.value) })
    self.cleaned = cleaned
  }

  /// Replaces what has to be; tells how many files of the log. The caller holds the locks of the
  /// table's writers.
  package func run(at clock: Clock) throws(Fault) -> Int {
    guard let listing = try table.log.listing() else { return 0 }
    var count = 0
    for version in listing.commits where try restate(commit: version) { count += 1 }
    for checkpoint in listing.checkpoints where try restate(checkpoint, at: clock) { count += 1 }
    // What checkpoints named before, also before a run that died, says what must stand nowhere.
    for name in try table.sidecars(notNamedFrom: -1) {
      try table.fileSystem.remove("\(table.log.path)/\(name)")
      count += 1
    }
    return count
  }

  // MARK: Commits

  private func restate(commit version: Int64) throws(Fault) -> Bool {
    let path = table.log.commitPath(version)
    let place = Place(path)
    let before = try table.fileSystem.read(path)
    let values = try JSONReader().readLines(before, at: place)
    var restated = values.map { self.restated($0) }
    guard restated != values else { return false }
    Self.keep(Self.identity(ofCommit: before), in: &restated)
    var writer = JSONWriter()
    for value in restated {
      writer.append(value)
      writer.endLine()
    }
    try table.fileSystem.replace(path, writer.bytes)
    return true
  }

  // MARK: Identity

  /// The member of a commit's record that tells what the commit was before it was restated.
  private static let identityName = "medallion.firstIdentity"

  /// What tells a commit from all others: the digest of the bytes that it was made with.
  static func identity(ofCommit bytes: [UInt8]) -> String {
    if let end = endOfMark(in: bytes) {
      return String(decoding: bytes[end...].prefix(64), as: UTF8.self)
    }
    return hexText(SHA256.digest(of: bytes))
  }

  /// Where the identity begins that a restated commit keeps. Each idle run looks for it in the log
  /// of each input, so that it goes by bytes.
  private static func endOfMark(in bytes: [UInt8]) -> Int? {
    let mark = Array("\"\(identityName)\":\"".utf8)
    return bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index + mark.count <= bytes.count {
        if bytes[index] == mark[0], bytes[index + 1] == mark[1],
          bytes[index..<index + mark.count].elementsEqual(mark)
        {
          return index + mark.count
        }
        index += 1
      }
      return nil
    }
  }

  private static func keep(_ identity: String, in actions: inout [JSONValue]) {
    let name = "commitInfo"
    let index = actions.firstIndex { $0[name] != nil }
    var record = index.flatMap { actions[$0][name]?.object } ?? JSONObject()
    record[identityName] = .string(identity)
    let action = JSONValue.object(JSONObject([(name, .object(record))]))
    if let index { actions[index] = action } else { actions.insert(action, at: 0) }
  }

  private func restated(_ action: JSONValue) -> JSONValue {
    guard var members = action.object, let name = members.keys.first(where: Self.names.contains),
      var file = members[name]?.object
    else { return cleaned(all: action) }
    if let path = file["path"]?.string, let truth = files[Array(FilePath.decode(path).utf8)] {
      file["size"] = JSONValue(truth.byteCount)
      if name != "cdc", file["stats"] != nil, let text = truth.statisticsText {
        file["stats"] = .string(
          Self.statistics(text, hasVector: file["deletionVector"]?.isNull == false))
      }
      if name == "add" {
        var tags = file["tags"]?.object ?? JSONObject()
        tags[Self.digestTag] = .string(truth.digest)
        file["tags"] = .object(tags)
      }
    } else if let text = file["stats"]?.string, cleaned(text) != nil {
      file["stats"] = .string(Self.countAlone(text))
    }
    members[name] = .object(file)
    return .object(members)
  }

  private static let names = ["add", "remove", "cdc"]

  /// What is true of all rows of a file, of one from which a deletion vector takes some.
  private static func statistics(_ text: String, hasVector: Bool) -> String {
    guard hasVector, let count = FileStatistics(text: text, schema: .init([]))?.rowCount else {
      return text
    }
    return FileStatistics.widened(text, count)
  }

  /// Statistics without bounds: a bound that is no value of the file might be narrower than it.
  private static func countAlone(_ text: String) -> String {
    let count = FileStatistics(text: text, schema: .init([]))?.rowCount
    return FileStatistics(rowCount: count).text(schema: .init([]))
  }

  private func cleaned(all value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): cleaned(text).map { .string($0) } ?? value
    case .array(let values): .array(values.map(cleaned(all:)))
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, cleaned(all: $0.value)) }))
    default: value
    }
  }

  // MARK: Checkpoints

  private func restate(
    _ checkpoint: CheckpointFiles, at clock: Clock
  ) throws(Fault) -> Bool {
    let state = try CheckpointReader(table.log).state(of: checkpoint)
    guard let after = restated(state) else { return false }
    let name = "\(padded(Int(checkpoint.version), 20)).checkpoint.parquet"
    guard checkpoint.names == [name] else {
      throw Fault(
        .data, at: Place("\(table.log.path)/\(checkpoint.names[0])"),
        "this checkpoint of another program names files that were replaced",
        remedy: "remove it if the log holds all versions, and let a new one be written")
    }
    let snapshot = try Snapshot(table, version: checkpoint.version, state: after)
    try CheckpointWriter(table).write(snapshot, at: clock)
    return true
  }

  /// The state with the truth of its files; nil where it is the truth.
  private func restated(_ state: TableState) -> TableState? {
    var isChanged = false
    var after = TableState()
    if let value = state.tableProtocol { after.apply(.tableProtocol(value)) }
    if let value = state.metadata { after.apply(.metadata(value)) }
    for value in state.transactions.values { after.apply(.transaction(value)) }
    for value in state.domains.values { after.apply(.domainMetadata(value)) }
    for var file in state.files {
      let old = file
      if let truth = files[Array(FilePath.decode(file.path).utf8)] {
        file.byteCount = truth.byteCount
        if file.statisticsText != nil {
          file.statisticsText = truth.statisticsText.map {
            Self.statistics($0, hasVector: file.deletionVector != nil)
          }
        }
        var tags = file.tags ?? [:]
        tags[Self.digestTag] = truth.digest
        file.tags = tags
      } else if let text = file.statisticsText, cleaned(text) != nil {
        file.statisticsText = Self.countAlone(text)
      }
      if file != old { isChanged = true }
      after.apply(.add(file))
    }
    for var file in state.removals {
      let old = file
      if let truth = files[Array(FilePath.decode(file.path).utf8)], file.byteCount != nil {
        file.byteCount = truth.byteCount
      }
      if let text = file.statisticsText, cleaned(text) != nil {
        file.statisticsText = Self.countAlone(text)
      }
      if file != old { isChanged = true }
      after.apply(.remove(file))
    }
    return isChanged ? after : nil
  }
}

extension FileStatistics {
  /// What the log is to say of a file that was just written.
  package static func text(of written: Parquet.WrittenFile, schema: Schema) -> String {
    FileStatistics(written: written, columnCount: standardColumnCount).text(schema: schema)
  }
}
