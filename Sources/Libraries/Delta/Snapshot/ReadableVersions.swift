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
    var isThere: [String: Bool] = [:]
    func note(_ life: FileLife, upTo last: Int64) throws(Fault) {
      for place in life.places {
        let isKnown = isThere[place]
        let isHere = if let isKnown { isKnown } else { try fileSystem.exists(place) }
        isThere[place] = isHere
        if !isHere { lost.append(life.start...last) }
      }
    }
    let segment = try listing.segment(upTo: first, in: log)
    var lives: [FileKey: FileLife] = [:]
    for file in try LogReplay(log).state(of: segment).files {
      lives[FileKey(file.path, file.deletionVector)] = FileLife(
        start: first, places: try locations(of: file))
    }
    for version in listing.commits where version > first {
      for action in try log.commit(version) {
        switch action {
        case .add(let file):
          let key = FileKey(file.path, file.deletionVector)
          if lives[key] == nil {
            lives[key] = FileLife(start: version, places: try locations(of: file))
          }
        case .remove(let file):
          let key = FileKey(file.path, file.deletionVector)
          guard let life = lives.removeValue(forKey: key), life.start < version else { continue }
          try note(life, upTo: version - 1)
        default: break
        }
      }
    }
    for life in lives.values { try note(life, upTo: listing.latest) }
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

  /// Whether the newest version needs what lies at `place`.
  func stillNeeds(_ place: String) throws(Fault) -> Bool {
    for file in try snapshot()?.files ?? [] where try locations(of: file).contains(place) {
      return true
    }
    return false
  }

  /// Since when a file is part of the table, and where it and its deletion vector lie.
  private struct FileLife {
    let start: Int64
    let places: [String]
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
