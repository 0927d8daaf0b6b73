import Bronze
import Core
import Engine
import LakeJobs

/// Days of the bronze tables behind a streaming table that a rule removed: made anew from what is
/// left, the table would lose their rows.
///
///     'removed_days' = 'forget'       the table's own property: it may
struct RemovedDays {
  private static let property = "removed_days"

  private let dataset: Dataset
  private let streams: [BronzeContract]
  private let files: any FileSystem

  init(_ dataset: Dataset, _ jobs: JobFolder, _ lake: Lake) {
    self.dataset = dataset
    streams = dataset.flows.flatMap { jobs.streams(of: $0) }
    files = lake.fileSystem
  }

  /// Throws `.configuration` where there are any, and the job does not say that they may go.
  func check() throws(Fault) {
    let said = dataset.properties.last { $0.key == Self.property }
    if let said {
      guard said.value == "forget" else {
        throw Fault(
          .configuration, at: said.place, "'\(said.value)' is no value of '\(Self.property)'",
          remedy: "write 'forget', or take it out")
      }
      return
    }
    for stream in streams {
      let removed = try DayPlacement.all(in: stream.folder, files).values
        .filter { $0.tier == .removed }
      guard let last = removed.compactMap(\.date).max() else { continue }
      throw Fault(
        .configuration, at: dataset.place,
        "'\(dataset.name)' would be made anew without \(counted(removed.count, "day")) of "
          + "'\(stream.name)', up to \(last), which a rule removed",
        remedy: "restore the days from a backup, or let them go with '\(Self.property)' = 'forget'")
    }
  }
}
