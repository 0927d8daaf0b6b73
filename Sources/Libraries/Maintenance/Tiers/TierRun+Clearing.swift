import Bronze
import Core
import LakeJobs

extension TierRun {
  /// Clears away where the files of a day lay before `placement`, or the one that stands.
  ///
  /// What is cleared away is only what no reader is sent to, and only once all that they are sent
  /// to is there.
  func clearAway(
    _ day: TierPlan.Day, of contract: BronzeContract, by placement: DayPlacement? = nil
  ) throws(Fault) {
    guard let placement = placement ?? day.placement else { return }
    guard [.cool, .archive, .removed].contains(placement.tier) else { return }
    let kept = Set(
      placement.extents.values.map { DayPlacement.location(of: $0, in: contract.folder) })
    for path in kept where try !files.exists(path) {
      throw Fault(
        .missing, at: Place(path), "files of \(contract.name) on \(day.date) lie there",
        remedy: "mount the disk of the \(placement.tier.rawValue) tier, or restore the file")
    }
    var old = day.files.map { "\(contract.folder)/\($0.path)" }
    for extent in (day.placement?.extents ?? [:]).values {
      old.append(DayPlacement.location(of: extent, in: contract.folder))
    }
    for extent in (day.placement?.archived ?? [:]).values {
      old.append(DayPlacement.location(of: extent, in: contract.folder))
    }
    old.append("\(contract.folder)/_archive/\(day.folder).tar")
    for tier in [BronzeTier.cool, .archive] {
      guard let root = place(tier, of: contract) else { continue }
      old +=
        tier == .archive
        ? ["\(root)/\(day.folder).tar"] : day.files.map { "\(root)/\($0.path)" }
    }
    for path in Set(old).subtracting(kept).sorted() where try files.exists(path) {
      try files.remove(path)
    }
    for folder in [day.folder, "_rejected/\(day.folder)"] {
      let path = "\(contract.folder)/\(folder)"
      // What else lies there is not ours to take.
      if try files.list(path).isEmpty { try files.remove(path) }
    }
  }
}
