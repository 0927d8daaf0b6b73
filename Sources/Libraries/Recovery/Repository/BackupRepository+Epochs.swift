package import Core
import JSON

extension BackupRepository {
  /// The epochs that can be read, in the order in which they were taken; what is wrong with others
  /// goes to `tell`.
  package func epochs(_ tell: (Fault) -> Void = { _ in }) throws(Fault) -> [Epoch] {
    var epochs: [Epoch] = []
    for file in try place.list("epochs") {
      guard let name = Epoch.name(ofFile: file.name) else { continue }
      do throws(Fault) {
        epochs.append(try epoch(name))
      } catch {
        guard error.kind == .data else { throw error }
        tell(error)
      }
    }
    return epochs.sorted { ($0.number, $0.name) < ($1.number, $1.name) }
  }

  /// The epoch called `name`; `.missing` when there is none, `.data` when it was changed.
  package func epoch(_ name: String) throws(Fault) -> Epoch {
    let file = Epoch.file(name)
    let bytes = try place.read(file)
    let source = Place("\(place.name)/\(file)")
    guard
      let json = try SealedDocument.json(bytes, for: Epoch.purpose(name), keys, at: source),
      let epoch = Epoch(name, json)
    else {
      throw Fault(
        .data, at: source, "this is not what an epoch was written down as",
        remedy: "restore another epoch, or put the file back from another copy of the backup")
    }
    return epoch
  }

  /// The epoch that `choice` means.
  package func epoch(_ choice: EpochChoice) throws(Fault) -> Epoch {
    var damage: Fault?
    let all = try epochs { damage = $0 }
    switch choice {
    case .latest:
      // One that cannot be read may have been the latest: that is told, and not passed over.
      if let damage { throw damage }
      if let last = all.last { return last }
      throw Fault(
        .missing, at: Place(place.name), "the backup holds no epoch yet",
        remedy: "take one: backup create")
    case .at(let time):
      if let found = all.last(where: { $0.time <= time }) { return found }
      throw Fault(
        .missing, at: Place(place.name),
        all.isEmpty
          ? "the backup holds no epoch yet"
          : "its first epoch is of \(all[0].time), later than that",
        remedy: "see 'backup list'")
    case .named(let name):
      let found = all.filter { $0.name.hasPrefix(name) }
      if found.count == 1 { return found[0] }
      throw Fault(
        .missing, at: Place(place.name),
        found.isEmpty ? "there is no epoch '\(name)'" : "'\(name)' begins several epochs",
        remedy: damage.map { "see 'backup list'; one is damaged: \($0)" } ?? "see 'backup list'")
    }
  }

  /// Writes an epoch down, and the seal that it is missed by.
  func publish(_ epoch: Epoch) throws(Fault) {
    let bytes = try SealedDocument.bytes(epoch.json, for: Epoch.purpose(epoch.name), keys)
    try place.write(Epoch.file(epoch.name), bytes)
    try writeSeal(of: epoch.name, bytes)
  }

  /// Writes the seals that are missing, of epochs whose run died before it came to that.
  func completeSeals() throws(Fault) {
    let sealed = Set(try place.list("seals").compactMap { Epoch.name(ofFile: $0.name) })
    for file in try place.list("epochs") {
      guard let name = Epoch.name(ofFile: file.name), !sealed.contains(name) else { continue }
      try writeSeal(of: name, try place.read(file.name))
    }
  }

  private func writeSeal(of name: String, _ epoch: [UInt8]) throws(Fault) {
    let json: JSONValue = ["epoch": .string(hexText(SHA256.digest(of: epoch)))]
    try place.write(
      Epoch.seal(name), try SealedDocument.bytes(json, for: "seal \(name)", keys))
  }

  /// The digest that the file of an epoch should have, as its seal says; nil when the seal was
  /// changed.
  func sealedDigest(of name: String) throws(Fault) -> String? {
    let file = Epoch.seal(name)
    return try SealedDocument.json(
      try place.read(file), for: "seal \(name)", keys, at: Place("\(place.name)/\(file)"))?[
        "epoch"]?.string
  }

  /// How the next epoch is linked to the last: nil before the first.
  func link(to last: Epoch?) throws(Fault) -> Epoch.Link? {
    guard let last else { return nil }
    let bytes = try place.read(Epoch.file(last.name))
    return Epoch.Link(name: last.name, digest: hexText(SHA256.digest(of: bytes)))
  }

  /// The digests of what stands in the backup besides epochs and their chunks.
  func fixtures() throws(Fault) -> [String: String] {
    var digests: [String: String] = [:]
    for name in ["backup.json"] + (try place.list("keys").map(\.name)) {
      digests[name] = hexText(SHA256.digest(of: try place.read(name)))
    }
    return digests
  }

  /// The files of a part of an epoch.
  func files(of part: Epoch.Part) throws(Fault) -> [BackupFile] {
    var text: [UInt8] = []
    for id in part.list { text += try chunk(id) }
    let place = Place(place.name)
    var files: [BackupFile] = []
    for line in text.split(separator: UInt8(ascii: "\n")) {
      guard let file = BackupFile(try JSONValue(parsing: Array(line), at: place)) else {
        throw Fault(
          .data, at: place, "the list of files of '\(part.name)' cannot be understood",
          remedy: "restore it with the version that took it")
      }
      files.append(file)
    }
    return files
  }
}

/// Which epoch is meant.
package enum EpochChoice: Sendable, Equatable {
  case latest
  /// The newest that is not after this time.
  case at(Timestamp)
  /// The one whose name begins so.
  case named(String)

  /// What `--at` and `--epoch` name: the latest without them; `.usage` where both are given.
  package init(at time: Timestamp?, named name: String?) throws(Fault) {
    switch (time, name) {
    case (nil, nil): self = .latest
    case (let time?, nil): self = .at(time)
    case (nil, let name?): self = .named(name)
    default:
      throw Fault(.usage, "--at and --epoch name two epochs", remedy: "give one of them")
    }
  }
}
