package import Core

/// Whether the checkpoints of a table say what its log says.
package struct CheckpointAudit {
  /// A checkpoint, or the hint to the last, that is not as it should be.
  package struct Finding: Sendable {
    /// The files in the log folder.
    package let names: [String]
    package let problem: String
    /// Whether the table can do without them: the log holds another way to each version.
    package let isSpare: Bool
  }

  private let table: Table
  private let log: LogFolder

  /// An audit of `table`.
  package init(of table: Table) {
    self.table = table
    log = table.log
  }

  /// What is wrong, the oldest first.
  package func findings() throws(Fault) -> [Finding] {
    guard let listing = try log.listing() else { return [] }
    var findings: [Finding] = []
    let hint = try hintedVersion()
    var sound: CheckpointFiles?
    for checkpoint in listing.checkpoints {
      let start = sound?.version ?? -1
      let isSpare = listing.hasCommits(from: start + 1, to: checkpoint.version)
      guard let problem = try problem(of: checkpoint, after: isSpare ? sound : nil, isSpare) else {
        sound = checkpoint
        continue
      }
      let names = checkpoint.names + (hint == checkpoint.version ? [Self.hintName] : [])
      findings.append(Finding(names: names, problem: problem, isSpare: isSpare))
    }
    if let finding = try hintFinding(listing, hint) { findings.append(finding) }
    return findings
  }

  /// Reads a checkpoint, and holds it against the replay of the commits since the one `before` it,
  /// or since the beginning, if the log `hasCommits` for that.
  private func problem(
    of checkpoint: CheckpointFiles, after before: CheckpointFiles?, _ hasCommits: Bool
  ) throws(Fault) -> String? {
    do throws(Fault) {
      let reader = CheckpointReader(log)
      let state = try reader.state(of: checkpoint)
      guard hasCommits else { return nil }
      let start = before?.version ?? -1
      let replayed = try LogReplay(log).replay(
        Array(start + 1...checkpoint.version),
        onto: try before.map { (before) throws(Fault) in try reader.state(of: before) }
          ?? TableState())
      return Self.difference(state, replayed)
    } catch {
      guard error.kind == .data || error.kind == .missing else { throw error }
      return error.problem
    }
  }

  private static func difference(_ state: TableState, _ replayed: TableState) -> String? {
    if state.tableProtocol != replayed.tableProtocol { return "it has another protocol" }
    if state.metadata != replayed.metadata { return "it has other columns or properties" }
    if state.transactions.mapValues(\.version) != replayed.transactions.mapValues(\.version) {
      return "it has other positions of applications"
    }
    let (have, want) = (Set(state.files.map(normal)), Set(replayed.files.map(normal)))
    guard have != want else { return nil }
    return "it lacks \(counted(want.subtracting(have).count, "file")) that the log has, and has "
      + "\(have.subtracting(want).count) that it has not"
  }

  /// What both must agree on: whether a commit changed rows is told by commits alone.
  private static func normal(_ file: AddedFile) -> AddedFile {
    var file = file
    file.dataChange = false
    if file.tags?.isEmpty == true { file.tags = nil }
    return file
  }

  private static let hintName = "_last_checkpoint"

  /// The version that the hint to the last checkpoint names; nil when there is none, or it names
  /// none.
  private func hintedVersion() throws(Fault) -> Int64? {
    let path = "\(log.path)/\(Self.hintName)"
    guard try table.fileSystem.exists(path) else { return nil }
    return LastCheckpoint.version(try table.fileSystem.read(path))
  }

  private func hintFinding(_ listing: LogListing, _ hint: Int64?) throws(Fault) -> Finding? {
    guard try table.fileSystem.exists("\(log.path)/\(Self.hintName)") else { return nil }
    if listing.checkpoints.contains(where: { $0.version == hint }) { return nil }
    return Finding(
      names: [Self.hintName],
      problem: hint.map { "it names the checkpoint of version \($0), which is not there" }
        ?? "it names no checkpoint",
      isSpare: true)
  }
}
