package import Core

/// A version of a table and the commit that made it.
package struct HistoryEntry: Sendable {
  package let version: Int64
  package let timestamp: Timestamp
  package let commit: CommitRecord?

  package init(version: Int64, timestamp: Timestamp, commit: CommitRecord?) {
    self.version = version
    self.timestamp = timestamp
    self.commit = commit
  }
}

/// What happened to a table between two versions, in order of the log.
package struct TableChanges: Sendable {
  /// One commit's part of it.
  package struct Step: Sendable {
    package let version: Int64
    package let commit: CommitRecord?
    package var added: [AddedFile] = []
    package var removed: [RemovedFile] = []
    /// Where its changed rows are told by themselves.
    package var changeFiles: [ChangeFile] = []
    /// The schema or properties as this commit set them; nil when it did not.
    package var metadata: TableMetadata?
    /// How far applications came with this commit.
    package var transactions: [ApplicationTransaction] = []

    /// Whether rows came or went, and were not only moved between files.
    package var changesRows: Bool {
      added.contains(where: \.dataChange) || removed.contains(where: \.dataChange)
    }
  }

  package var steps: [Step]

  /// Whether rows were only added: nothing removed but what was moved between files, and the schema
  /// left alone.
  package var areAppendsOnly: Bool {
    steps.allSatisfy { step in
      step.metadata == nil && step.removed.allSatisfy { !$0.dataChange }
    }
  }

  /// The files that brought new rows, in order.
  package var appendedFiles: [AddedFile] { steps.flatMap { $0.added.filter(\.dataChange) } }

  /// The partitions (text of the values of `columns`, in order; nil is NULL) with rows added or
  /// removed; nil when a removed file does not tell its partition.
  package func partitions(by columns: [String]) -> Set<[String?]>? {
    var result: Set<[String?]> = []
    for step in steps {
      for file in step.added where file.dataChange { result.insert(file.partition(columns)) }
      for file in step.removed where file.dataChange {
        guard let values = file.partitionValues else { return nil }
        result.insert(columns.map { values[$0] ?? nil })
      }
    }
    return result
  }
}

extension TableChanges {
  /// Files whose rows tell two versions apart: as multisets, the later version's rows are those of
  /// the earlier one without `removed`'s and with `added`'s.
  package struct Files: Sendable {
    package var added: [AddedFile] = []
    package var removed: [AddedFile] = []
  }

  /// The files that changed rows, those left out that came and went between the two versions; nil
  /// when a removed file does not tell its partition.
  package var changedFiles: Files? {
    var added: [FileKey: AddedFile] = [:]
    var removed: [FileKey: AddedFile] = [:]
    for step in steps {
      for file in step.removed where file.dataChange {
        let key = FileKey(file.path, file.deletionVector)
        guard added.removeValue(forKey: key) == nil else { continue }
        guard let values = file.partitionValues else { return nil }
        removed[key] = AddedFile(
          path: file.path, partitionValues: values, byteCount: file.byteCount ?? 0,
          modificationTime: 0, deletionVector: file.deletionVector)
      }
      for file in step.added where file.dataChange {
        let key = FileKey(file.path, file.deletionVector)
        if removed.removeValue(forKey: key) == nil { added[key] = file }
      }
    }
    return Files(
      added: added.values.sorted { $0.path < $1.path },
      removed: removed.values.sorted { $0.path < $1.path })
  }
}

extension Table {
  /// The versions whose commits the log holds, newest first, at most `count` of them.
  package func history(atMost count: Int = Int.max) throws(Fault) -> [HistoryEntry] {
    guard let listing = try log.listing() else { return [] }
    var entries: [HistoryEntry] = []
    for version in listing.commits.suffix(count).reversed() {
      let commit = try log.commit(version).lazy.compactMap(\.commitRecord).first
      let time = try timestamp(of: version, commit)
      entries.append(HistoryEntry(version: version, timestamp: time, commit: commit))
    }
    return entries
  }

  /// What the commits after version `from` up to version `to` did. Throws `.missing` when the log
  /// no longer holds one of them; then only reading both versions whole tells the difference.
  package func changes(from: Int64, to: Int64) throws(Fault) -> TableChanges {
    guard from < to else { return TableChanges(steps: []) }
    var steps: [TableChanges.Step] = []
    for version in from + 1...to {
      guard try fileSystem.exists(log.commitPath(version)) else {
        throw Fault(
          .missing, at: Place(log.path), "version \(version) is not in the log any more",
          remedy: "work from the whole table")
      }
      steps.append(try step(version))
    }
    return TableChanges(steps: steps)
  }
  /// The versions whose commits the log holds, ascending.
  package func commitVersions() throws(Fault) -> [Int64] { try log.listing()?.commits ?? [] }

  /// What the commit that made `version` did, which the log must hold.
  package func step(_ version: Int64) throws(Fault) -> TableChanges.Step {
    let actions = try log.commit(version)
    var step = TableChanges.Step(
      version: version, commit: actions.lazy.compactMap(\.commitRecord).first)
    for action in actions {
      switch action {
      case .add(let file): step.added.append(file)
      case .remove(let file): step.removed.append(file)
      case .changeFile(let file): step.changeFiles.append(file)
      case .metadata(let metadata): step.metadata = metadata
      case .transaction(let transaction): step.transactions.append(transaction)
      default: break
      }
    }
    return step
  }

  /// When `version` was made by `commit`: as that says, else when its log file was written.
  package func timestamp(
    of version: Int64, _ commit: CommitRecord?
  ) throws(Fault) -> Timestamp {
    if let time = commit?.inCommitTimestamp { return time }
    return try fileSystem.status(of: log.commitPath(version))?.modified
      ?? Timestamp(microseconds: 0)
  }
}
