import Bronze
package import Core
package import LakeJobs

extension TierRun {
  /// Brings a day of an archive, or of a cool tier on another disk, back to where it was written,
  /// so that whoever reads the folder itself finds it; it stays so until `end`, whatever rules say.
  /// `.missing` when there is no such day, or a rule removed it.
  package func thaw(
    _ date: CivilDate, of contract: BronzeContract, until end: Timestamp
  ) throws(Fault) -> Outcome {
    let lock = try lock(contract)
    defer { lock.unlock() }
    guard let day = try plan(contract)?.days.first(where: { $0.date == date }) else {
      throw Fault(
        .missing, at: Place(contract.folder), "nothing of \(contract.name) came in on \(date)",
        remedy: "see 'lake-tier --plan \(contract.name)' for the days there are")
    }
    guard var placement = day.placement else {
      return Outcome(day: day, byteCountAfter: day.byteCount)
    }
    if placement.tier == .removed {
      throw Fault(
        .missing, at: Place("\(contract.folder)/\(day.folder)"),
        "a rule removed the day: \(placement.certificate?.rule ?? "retain")",
        remedy: "restore it from a backup")
    }
    if placement.tier != .thawed {
      var thawed = self.placement(day, .thawed, [:])
      for file in day.files {
        thawed.extents[file.path] = try bringBack(file.path, of: placement, contract)
      }
      if placement.tier == .archive { thawed.archived = placement.extents }
      placement = thawed
    }
    placement.heldUntil = end
    try settle(placement, of: day, contract)
    return Outcome(
      day: day, byteCountAfter: placement.extents.values.reduce(0) { $0 + $1.byteCount })
  }

  private func bringBack(
    _ path: String, of placement: DayPlacement, _ contract: BronzeContract
  ) throws(Fault) -> DayPlacement.Extent {
    guard var extent = placement.extents[path] else {
      throw Fault(
        .data, at: Place("\(contract.folder)/\(path)"), "the day's placement does not name it",
        remedy: "restore the dataset from a backup")
    }
    let target = "\(contract.folder)/\(path)"
    if DayPlacement.location(of: extent, in: contract.folder) != target {
      let bytes = FileBytes(try placement.open(path, in: contract.folder, files))
      let draft = try files.draft(target, replacing: true)
      do throws(Fault) {
        let digest = SHA256()
        while let piece = try bytes.next() {
          digest.append(piece)
          try draft.append(piece)
        }
        guard hexText(digest.finish()) == extent.digest else {
          throw Fault(
            .data, at: Place(DayPlacement.location(of: extent, in: contract.folder)),
            "the bytes of '\(path)' are not those that were put there",
            remedy: "restore the file from a backup")
        }
        _ = try draft.publish()
      } catch {
        draft.discard()
        throw error
      }
    }
    extent.path = path
    extent.offset = 0
    return extent
  }
}
