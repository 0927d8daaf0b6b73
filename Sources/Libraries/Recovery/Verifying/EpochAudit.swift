import Core
import JSON

/// Holds the epochs of a backup against each other: each opens, has its seal, and follows the one
/// that it names, unless that one was taken out on purpose.
struct EpochAudit {
  private let repository: BackupRepository
  private var place: any BackupPlace { repository.place }

  init(_ repository: BackupRepository) { self.repository = repository }

  /// What is wrong; the epochs that can be read are added to `epochs`, in order.
  func findings(_ epochs: inout [Epoch]) throws(Fault) -> [BackupFinding] {
    var findings: [BackupFinding] = []
    epochs += try repository.epochs { fault in
      let file = fault.place.map { lastComponent(of: $0.file) } ?? ""
      findings.append(
        BackupFinding(
          .epoch, "epochs/\(file)", "it was changed", remedy: fault.remedy,
          epochs: [Epoch.name(ofFile: file) ?? file]))
    }
    let forgotten = try repository.forgotten()
    findings += try sealFindings(forgotten)
    let files = Set(try place.list("epochs").compactMap { Epoch.name(ofFile: $0.name) })
    for epoch in epochs {
      guard let previous = epoch.previous else { continue }
      guard files.contains(previous.name) else {
        let isTold = findings.contains { $0.epochs == [previous.name] }
        if !isTold, forgotten[previous.name] == nil {
          findings.append(lost(previous.name))
        }
        continue
      }
      let found = hexText(SHA256.digest(of: try place.read(Epoch.file(previous.name))))
      if found != previous.digest, !findings.contains(where: { $0.epochs == [previous.name] }) {
        findings.append(
          BackupFinding(
            .epoch, Epoch.file(previous.name),
            "it is not the one that '\(epoch.name)' follows",
            remedy: "see who wrote to the backup; restore an epoch whose file is as it was",
            epochs: [previous.name]))
      }
    }
    return findings
  }

  private func lost(_ name: String) -> BackupFinding {
    BackupFinding(
      .epoch, Epoch.file(name), "it is gone, and nobody has taken it out",
      remedy: "put the file back from another copy of the backup, or restore another epoch",
      epochs: [name])
  }

  /// Epochs without seals, seals without epochs, and seals of others.
  private func sealFindings(
    _ forgotten: [String: String]
  ) throws(Fault) -> [BackupFinding] {
    var findings: [BackupFinding] = []
    let epochs = Set(try place.list("epochs").compactMap { Epoch.name(ofFile: $0.name) })
    let seals = Set(try place.list("seals").compactMap { Epoch.name(ofFile: $0.name) })
    for name in seals.subtracting(epochs).sorted() where forgotten[name] == nil {
      findings.append(lost(name))
    }
    for name in epochs.subtracting(seals).sorted() where forgotten[name] == nil {
      findings.append(
        BackupFinding(
          .seal, Epoch.seal(name), "it is gone", remedy: "the next 'backup create' writes it anew"))
    }
    for name in epochs.intersection(seals).sorted() {
      let remedy = "remove the seal: the next 'backup create' writes it anew"
      guard let digest = try repository.sealedDigest(of: name) else {
        findings.append(BackupFinding(.seal, Epoch.seal(name), "it was changed", remedy: remedy))
        continue
      }
      let found = hexText(SHA256.digest(of: try place.read(Epoch.file(name))))
      if found != digest {
        findings.append(
          BackupFinding(
            .seal, Epoch.seal(name), "it is the seal of other bytes than the epoch has",
            remedy: "see what else is told of '\(Epoch.file(name))'"))
      }
    }
    return findings
  }
}
