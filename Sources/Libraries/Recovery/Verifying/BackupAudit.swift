package import Core
import JSON
package import Sealing

/// Holds a backup against itself: every file that should be there is, nothing was changed, each
/// epoch follows the one before it and all its chunks are in some pack. How much of the packs is
/// read is for the caller to say; what is read is opened as a restore opens it, chunk by chunk.
package struct BackupAudit {
  /// How much of the packs is read.
  package enum Reading: Sendable, Equatable {
    /// Names and sizes only.
    case nothing
    /// This share of the packs, from 0 to 1, others each time by `seed`.
    case share(Double, seed: UInt64)
    case everything
  }

  private let place: any BackupPlace
  private let key: SealingKey
  private let reading: Reading
  /// Told of each pack that is read.
  private let progress: (_ done: Int, _ of: Int) -> Void

  package init(
    of place: any BackupPlace, _ key: SealingKey, reading: Reading,
    progress: @escaping (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) {
    self.place = place
    self.key = key
    self.reading = reading
    self.progress = progress
  }

  /// What was looked at, and what is wrong with it.
  package struct Report: Sendable {
    package var findings: [BackupFinding] = []
    package var epochCount = 0
    package var packCount = 0
    package var readPackCount = 0
    package var byteCount = 0
  }

  /// Looks at everything. Throws where the backup cannot be opened at all.
  package func report() throws(Fault) -> Report {
    let repository: BackupRepository
    do throws(Fault) {
      repository = try BackupRepository(place, key)
    } catch {
      guard error.kind == .data || error.kind == .missing else { throw error }
      return Report(findings: [try openingFinding(error)])
    }
    var report = Report()
    var epochs: [Epoch] = []
    report.findings += try EpochAudit(repository).findings(&epochs)
    report.epochCount = epochs.count
    report.findings += try fixtureFindings(repository, epochs)
    report.findings += try indexFindings(repository, epochs)
    let needs = try neededPacks(repository, epochs, &report.findings)
    try auditPacks(repository, needs, &report)
    return report
  }

  /// A backup that does not open, told as what is wrong with one of its files.
  private func openingFinding(_ fault: Fault) throws(Fault) -> BackupFinding {
    let file = (fault.place?.file).map { path in
      path.hasPrefix("\(place.name)/") ? String(path.dropFirst(place.name.utf8.count + 1)) : path
    }
    let isKey = file?.hasPrefix("keys") == true
    return BackupFinding(
      isKey ? .key : .backup, isKey ? file ?? "keys" : "backup.json", fault.problem,
      remedy: fault.remedy)
  }

  /// What stands beside epochs and chunks, against what the last epoch says of it.
  private func fixtureFindings(
    _ repository: BackupRepository, _ epochs: [Epoch]
  ) throws(Fault) -> [BackupFinding] {
    guard let last = epochs.last else { return [] }
    var findings: [BackupFinding] = []
    for (file, digest) in last.fixtures.sorted(by: { $0.key < $1.key }) {
      let folder = parent(of: file)
      let kind: BackupFinding.Class =
        folder == "keys" ? .key : BackupFinding.Class(rawValue: folder) ?? .backup
      let remedy =
        switch kind {
        case .key: "if it was not taken out on purpose, add the recipient anew: backup add"
        case .keystore, .erasures: "write it anew: backup keys"
        default: "put the file back from another copy of the backup"
        }
      do throws(Fault) {
        let found = hexText(SHA256.digest(of: try place.read(file)))
        if found != digest {
          findings.append(BackupFinding(kind, file, "it was changed", remedy: remedy))
        }
      } catch {
        guard error.kind == .missing else { throw error }
        // A newer copy takes the place of such a one.
        if [.keystore, .erasures].contains(kind), try !place.list(folder).isEmpty { continue }
        findings.append(BackupFinding(kind, file, "it is gone", remedy: remedy))
      }
    }
    for file in try place.list("keys") where last.fixtures[file.name] == nil {
      if Recipients.record(try place.read(file.name)) == nil {
        findings.append(
          BackupFinding(
            .key, file.name, "it holds no key of a recipient", remedy: "remove it, or add him anew")
        )
      }
    }
    return findings
  }

  private func indexFindings(
    _ repository: BackupRepository, _ epochs: [Epoch]
  ) throws(Fault) -> [BackupFinding] {
    let remedy = "it is made anew from the packs by the next 'backup create'"
    var findings: [BackupFinding] = []
    var present: Set<String> = []
    var replaced: Set<String> = []
    for file in try place.list("indexes") {
      present.insert(BackupRepository.indexDigest(file.name))
      do throws(Fault) {
        let json = try repository.indexDocument(file.name)
        replaced.formUnion((json?["replaces"]?.array ?? []).compactMap(\.string))
      } catch {
        guard error.kind == .data else { throw error }
        findings.append(
          BackupFinding(.index, file.name, "it was changed", remedy: "remove it: \(remedy)"))
      }
    }
    for digest in Set(epochs.compactMap(\.index)).sorted()
    where !present.contains(digest) && !replaced.contains(digest) {
      findings.append(
        BackupFinding(
          .index, BackupRepository.indexFile(digest), "it is gone", remedy: remedy))
    }
    return findings
  }

  // MARK: Packs

  /// The epochs that need each pack; those that need chunks which are in none are told.
  private func neededPacks(
    _ repository: BackupRepository, _ epochs: [Epoch], _ findings: inout [BackupFinding]
  ) throws(Fault) -> [String: Set<String>] {
    var needs: [String: Set<String>] = [:]
    for epoch in epochs {
      var lostCount = 0
      for part in epoch.parts {
        for id in part.list where !repository.index.has(id) { lostCount += 1 }
        guard let files = try? repository.files(of: part) else {
          lostCount += 1
          continue
        }
        for id in part.list + files.flatMap(\.chunks) {
          guard let found = repository.index[id] else {
            lostCount += 1
            continue
          }
          needs[found.pack, default: []].insert(epoch.name)
        }
      }
      guard lostCount > 0 else { continue }
      findings.append(
        BackupFinding(
          .epoch, Epoch.file(epoch.name),
          "\(counted(lostCount, "chunk")) of it \(lostCount == 1 ? "is" : "are") in no pack that "
            + "can be read",
          remedy: "restore another epoch; 'backup create' writes anew what the lake still has",
          epochs: [epoch.name]))
    }
    return needs
  }

  private func auditPacks(
    _ repository: BackupRepository, _ needs: [String: Set<String>], _ report: inout Report
  ) throws(Fault) {
    var sizes: [String: Int] = [:]
    for file in try place.list("packs") {
      guard let digest = Pack.digest(ofFile: file.name) else { continue }
      sizes[digest] = file.byteCount
    }
    for fault in repository.faults {
      guard let path = fault.place?.file,
        let file = path.firstRange(of: "packs/").map({
          String(path[$0.lowerBound...])
        })
      else { continue }
      let digest = Pack.digest(ofFile: file) ?? ""
      let problem =
        sizes[digest] == nil ? "it is gone" : "it is cut off, or has more bytes than it had"
      report.findings.append(
        BackupFinding(
          .pack, file, problem, remedy: fault.remedy, epochs: (needs[digest] ?? []).sorted()))
    }
    report.packCount = sizes.count
    let whole = sizes.keys.sorted().filter { digest in
      repository.index.packs[digest].map { $0.byteCount == sizes[digest] } ?? true
    }
    let chosen = choice(of: whole)
    for (number, digest) in chosen.enumerated() {
      report.readPackCount += 1
      report.byteCount += sizes[digest] ?? 0
      if let problem = try problem(of: digest, repository) {
        report.findings.append(
          BackupFinding(
            .pack, Pack.file(digest), problem,
            remedy: "restore an epoch that does without it, or put it back from another copy",
            epochs: (needs[digest] ?? []).sorted()))
      }
      progress(number + 1, chosen.count)
    }
  }

  private func choice(of packs: [String]) -> [String] {
    switch reading {
    case .nothing: return []
    case .everything: return packs
    case .share(let share, let seed):
      let count = min(packs.count, Int((Double(packs.count) * share).rounded(.up)))
      // By digests of the names with the seed: any pack has the same chance, each time anew.
      return packs.sorted {
        SHA256.hex(of: "\(seed) \($0)") < SHA256.hex(of: "\(seed) \($1)")
      }.prefix(count).sorted()
    }
  }

  /// What is wrong with the bytes of a pack.
  private func problem(
    of digest: String, _ repository: BackupRepository
  ) throws(Fault) -> String? {
    let bytes = try place.read(Pack.file(digest))
    guard hexText(SHA256.digest(of: bytes)) == digest else {
      for entry in repository.index.packs[digest]?.entries ?? []
      where try !opens(entry, in: bytes, repository) {
        return "its bytes are not those that it is named by: the chunk at byte \(entry.offset) "
          + "was changed"
      }
      return "its bytes are not those that it is named by"
    }
    guard let pack = repository.index.packs[digest] else {
      return "it holds no chunks of this backup"
    }
    for entry in pack.entries where try !opens(entry, in: bytes, repository) {
      return "the chunk at byte \(entry.offset) does not open"
    }
    return nil
  }

  private func opens(
    _ entry: Pack.Entry, in bytes: [UInt8], _ repository: BackupRepository
  ) throws(Fault) -> Bool {
    let end = entry.offset + entry.storedCount
    guard end <= bytes.count else { return false }
    do throws(Fault) {
      guard
        let chunk = try SealedChunk.opened(
          Array(bytes[entry.offset..<end]), of: entry, repository.keys)
      else { return false }
      return repository.keys.id(of: chunk) == entry.id
    } catch {
      guard error.kind == .data else { throw error }
      return false
    }
  }
}
