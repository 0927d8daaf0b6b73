package import Bronze
import Columnar
package import Core
package import LakeJobs

/// Takes files of others into a bronze dataset: the contract says how they are read, and what must
/// hold before one is published.
package struct FileIngest {
  /// What became of the files.
  package struct Outcome {
    /// Nil when nothing was new.
    package var commit: BronzeCommit?
    /// Files that an earlier run took, or found to hold nothing new, and that look as they did.
    package var known: [String] = []
    /// Files that were read to find that they were taken before, by their names and bytes.
    package var repeated: [String] = []
    /// Files with the bytes of another that was taken before: they are taken too.
    package var alike: [String] = []
    /// Files that were taken before with other bytes, and are new now.
    package var changed: [String] = []
    /// Files that are not whole yet, and why not.
    package var waiting: [(file: String, why: String)] = []
    /// Why files were refused; the others are taken.
    package var refused: [Fault] = []
    /// Files whose fields are not those of the contract, how they differ, and how many records are
    /// set aside for it.
    package var drifted: [(file: String, words: [String], rejectedCount: Int)] = []
    /// All records set aside.
    package var rejectedCount = 0
  }

  let lake: Lake
  package let contract: BronzeContract
  let log: BronzeLog
  let tool: String
  let format: any FileFormat
  private let rules: FileRules
  private let readiness: FileReadiness
  /// The greatest share of a file's records that may be bad.
  private let rejectLimit: Double

  /// Where the contract does not say how to tell a whole file, one must not have changed for
  /// `settle`, by the time of the system; nil where every file counts as whole.
  package init(
    lake: Lake, contract: BronzeContract, tool: String, rejectLimit: Double, threadCount: Int,
    settle: Duration? = nil, systemTime: @escaping @Sendable () -> Timestamp
  ) throws(Fault) {
    self.lake = lake
    self.contract = contract
    self.tool = tool
    self.rejectLimit = rejectLimit
    rules = try FileRules(contract)
    format = try contract.dropFormat(rules, threads: threadCount)
    readiness = FileReadiness(rules, settle: settle, lake.fileSystem, systemTime: systemTime)
    log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
  }

  /// Whether a file of this name holds no data, but tells of others.
  package func isCompanion(_ file: String) -> Bool {
    rules.isCompanion(lastComponent(of: file))
  }

  /// Takes the files that are new and whole, all in one commit. A file is read through first; one
  /// that cannot be read, that is not as its sender says or whose fields the contract forbids is
  /// refused, and the others are taken.
  package func take(
    _ files: [String], progress: (String) -> Void = { _ in }
  ) throws -> Outcome {
    try take(files.map { FileInput($0) }, progress: progress)
  }

  /// The same of files and pipes.
  package func take(
    _ inputs: [FileInput], progress: (String) -> Void = { _ in }
  ) throws -> Outcome {
    var outcome = Outcome()
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    var known = try log.knownInputs()
    for input in inputs {
      let step = lake.steps.begin()
      let before = outcome.tally
      do {
        progress(input.name)
        try take(input, append, &known, &outcome)
      } catch let fault as Fault where fault.kind == .temporary && fault.place?.file == input.name {
        outcome.waiting.append((input.name, fault.problem))
      } catch let fault as Fault where fault.concernsOnly(input.name) {
        outcome.refused.append(fault.placed(at: Place(input.name)))
      }
      step.end("\(input.name): \(outcome.words(since: before))")
    }
    outcome.commit = try append.commit()
    try log.keepPassedOver(known)
    return outcome
  }

  /// What `take` would find new, and why it would leave it for later, without taking it; and what
  /// cannot be looked at.
  package func newFiles(
    among files: [String], seenAs looks: [String: FileStatus] = [:]
  ) throws -> (found: [(file: String, waits: String?)], refused: [Fault]) {
    let known = try log.knownInputs()
    var found: [(file: String, waits: String?)] = []
    var refused: [Fault] = []
    for file in files {
      do throws(Fault) {
        guard let status = try FileInput(file, seenAs: looks[file]).status(lake.fileSystem),
          !known.has(file, status)
        else { continue }
        switch try readiness.finding(file, status) {
        case .whole: found.append((file, nil))
        case .waits(let why): found.append((file, why))
        }
      } catch {
        refused.append(error)
      }
    }
    return (found, refused)
  }

  /// How long it takes until all that is new among `files` has settled.
  package func patience(for files: [String]) throws -> Duration {
    let known = try log.knownInputs()
    var longest = Duration.zero
    for file in files {
      // What cannot be looked at is told when it is to be taken.
      guard let status = try? lake.fileSystem.status(of: file), !known.has(file, status) else {
        continue
      }
      longest = max(longest, readiness.patience(status))
    }
    return longest
  }

  private func take(
    _ input: FileInput, _ append: BronzeAppend, _ known: inout KnownInputs,
    _ outcome: inout Outcome
  ) throws {
    let name = input.name
    let status = try input.status(lake.fileSystem)
    var totals: ControlTotals?
    if let status {
      guard !known.has(name, status) else { return outcome.known.append(name) }
      switch try readiness.finding(name, status) {
      case .waits(let why): return outcome.waiting.append((name, why))
      case .whole(let found): totals = found
      }
    }
    let file = try input.open(status, lake.fileSystem)
    let content = try contentDigest(file, at: Place(name))
    let survey = try format.survey(file, sums: rules.sums(of: totals), at: Place(name))
    lake.steps.note("\(name): \(survey.words)")
    var taken =
      status.map { BronzeInput(name, $0) }
      ?? BronzeInput(name: name, byteCount: 0, digest: "")
    taken.byteCount = survey.byteCount
    taken.digest = survey.digest
    taken.content = content
    guard !isKnown(taken, isPipe: input.isPipe, known) else {
      if let status { known.passOver(name, status) }
      return outcome.repeated.append(name)
    }
    guard try input.isStill(status, lake.fileSystem) else {
      return outcome.waiting.append((name, "changes while it is read"))
    }
    if let fault = try fault(survey, totals, name) { throw fault }
    taken.isChanged = !input.isPipe && known.has(name: name)
    taken.survey = .init(
      recordCount: survey.recordCount, sums: survey.sums.mapValues(\.total),
      drift: survey.drift.words)
    guard try publish(input, status, survey, append) else {
      return outcome.waiting.append((name, "changes while it is read"))
    }
    if taken.isChanged { outcome.changed.append(name) }
    if known.contains(bytesOf: taken) { outcome.alike.append(name) }
    if !survey.drift.isEmpty {
      outcome.drifted.append((name, survey.drift.words, survey.driftedCount))
    }
    outcome.rejectedCount += survey.badCount + survey.driftedCount
    known.insert(taken)
    append.add(taken)
  }

  /// Why a file that can be read is not to be published.
  private func fault(
    _ survey: FileSurvey, _ totals: ControlTotals?, _ file: String
  ) throws(Fault) -> Fault? {
    if let form = rules.trailer {
      let said = try form.totals(of: survey, numerals: contract.numerals, at: Place(file))
      if let fault = said.fault(survey, at: Place(file)) { return fault }
    }
    if let fault = totals?.fault(survey, at: Place(file)) { return fault }
    if rules.drift == .freeze, !survey.drift.isEmpty {
      return Fault(
        .verdict, at: Place(file),
        "its fields are not those of \(contract.name): "
          + survey.drift.words.joined(separator: ", "),
        remedy: "change the contract, or have the file sent as agreed")
    }
    guard let first = survey.firstFlaw,
      survey.badCount == survey.recordCount
        || Double(survey.badCount) / Double(survey.recordCount) > rejectLimit
    else { return nil }
    return Fault(
      .data, at: Place(file, line: Int(first.line)),
      "\(survey.badCount) of \(counted(survey.recordCount, "record")) "
        + "\(survey.badCount == 1 ? "is" : "are") bad (\(first.words)); "
        + "nothing of the file was taken",
      remedy: "check the contract's options against the file, or raise --max-rejects")
  }
}
