package import Core

/// Which versions of a table can still be read.
///
/// A version needs its part of the log and all data files that it names. What the log holds is
/// quickly told; whether files are there is asked of the disk, so this is for who found one gone.
extension Table {
  /// The versions whose files are all there, as ranges, the oldest first.
  package func readableVersions() throws(Fault) -> [ClosedRange<Int64>] {
    guard let listing = try log.listing() else { return [] }
    let first = try listing.earliest(in: log)
    var lost: [ClosedRange<Int64>] = []
    var isThere: [[UInt8]: Bool] = [:]
    func note(_ key: FileKey, livedIn versions: ClosedRange<Int64>) throws(Fault) {
      if isThere[key.path] == nil {
        let path = String(decoding: key.path, as: UTF8.self)
        isThere[key.path] = try fileSystem.exists(
          path.hasPrefix("/") ? path : "\(self.path)/\(path)")
      }
      if isThere[key.path] == false { lost.append(versions) }
    }
    let segment = try listing.segment(upTo: first, in: log)
    var livesSince: [FileKey: Int64] = [:]
    for file in try LogReplay(log).state(of: segment).files {
      livesSince[FileKey(file.path, file.deletionVector)] = first
    }
    for version in listing.commits where version > first {
      for action in try log.commit(version) {
        switch action {
        case .add(let file):
          let key = FileKey(file.path, file.deletionVector)
          if livesSince[key] == nil { livesSince[key] = version }
        case .remove(let file):
          let key = FileKey(file.path, file.deletionVector)
          guard let start = livesSince.removeValue(forKey: key), start < version else { continue }
          try note(key, livedIn: start...version - 1)
        default: break
        }
      }
    }
    for (key, start) in livesSince { try note(key, livedIn: start...listing.latest) }
    return rest(of: first...listing.latest, without: lost)
  }

  /// That files of `version` are gone, with what can be had instead.
  package func lostFiles(of version: Int64) throws(Fault) -> Fault {
    let versions = try readableVersions()
    let words = versions.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }.joined(separator: ", ")
    return Fault(
      .missing, at: Place(path), "version \(version) cannot be read any more: files of it are gone",
      remedy: versions.isEmpty ? "restore them from a copy" : "give a version of \(words)")
  }

  /// Whether the newest version has the data file `path`.
  func stillNames(_ path: String) throws(Fault) -> Bool {
    let key = FileKey(path, nil).path
    return try snapshot()?.files.contains { FileKey($0.path, nil).path == key } ?? false
  }

  private func rest(
    of whole: ClosedRange<Int64>, without lost: [ClosedRange<Int64>]
  ) -> [ClosedRange<Int64>] {
    var rest: [ClosedRange<Int64>] = []
    var next = whole.lowerBound
    for range in lost.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { rest.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    if next <= whole.upperBound { rest.append(next...whole.upperBound) }
    return rest
  }
}
