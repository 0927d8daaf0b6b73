import Core

/// Building the state of a version from a segment of the log.
struct LogReplay {
  let log: LogFolder
  /// Whether the state is to be without files: what the log says of them is not read.
  let isWithoutFiles: Bool

  init(_ log: LogFolder, passingOverFiles isWithoutFiles: Bool = false) {
    self.log = log
    self.isWithoutFiles = isWithoutFiles
  }

  /// The state at the end of `segment`. A checkpoint that is damaged is passed over when the log
  /// holds another way to the same version.
  func state(of segment: LogSegment) throws(Fault) -> TableState {
    var damage: Fault?
    for checkpoint in segment.checkpoints {
      do {
        let commits = try segment.commits(after: checkpoint.version, in: log)
        var state = try CheckpointReader(log, passingOverFiles: isWithoutFiles)
          .state(of: checkpoint)
        if commits.isEmpty, segment.commits.contains(segment.version) {
          state.commit = try log.commit(segment.version, passingOverFiles: true)
            .lazy.compactMap(\.commitRecord).first
        }
        return try replay(commits, onto: state)
      } catch {
        guard error.kind == .data else { throw error }
        damage = damage ?? error
      }
    }
    guard segment.commits.first == 0 else {
      throw damage ?? Action.malformed("the first commit", at: Place(log.path))
    }
    return try replay(try segment.commits(after: -1, in: log), onto: TableState())
  }

  /// `state` with `commits` on top of it, one commit in memory at a time.
  func replay(_ commits: [Int64], onto state: TableState) throws(Fault) -> TableState {
    var state = state
    for version in commits {
      state.commit = nil
      for action in try log.commit(version, passingOverFiles: isWithoutFiles) {
        state.apply(action)
      }
    }
    return state
  }
}

extension Action {
  /// The record of the commit, if this action is one.
  var commitRecord: CommitRecord? {
    if case .commitInfo(let record) = self { record } else { nil }
  }
}
