import Bronze
import Core
import Delta
import LakeJobs

extension DrillRun {
  /// Drills a table that chance chooses, and a day of it.
  func drillPart(of epoch: Epoch, _ repository: BackupRepository) throws {
    let names = epoch.parts.map(\.name).filter {
      RestoreScope.holdsRows($0) && !$0.contains("_aux/")
    }.sorted()
    guard let name = names.randomElement(using: &random) else {
      return step("a table is chosen") { "the epoch has none" }
    }
    let lake = try needed("a table is restored") {
      let (words, lake) = try self.restore(.tables([name]), epoch, repository, "table")
      return ("\(name): \(words)", lake)
    }
    step("it holds what its log says") { try lake.check([name]) }
    step("it amounts to what the epoch says") { try lake.compare(with: epoch.cut, [name]) }
    noteAnswer()
    let days = try days(of: name, lake)
    guard let day = days.keys.sorted().randomElement(using: &random) else {
      report.proven[name] = []
      return
    }
    step("a day of it is restored") {
      let (words, part) = try self.restore(.day(day, [name]), epoch, repository, "day")
      let found = try self.days(of: name, part)
      guard found[day] == days[day], found.count == 1 else {
        throw Fault(
          .data, "\(name) has \(found[day] ?? 0) rows of \(day), and had \(days[day] ?? 0)",
          remedy: "see 'backup verify'")
      }
      return "\(day): \(counted(days[day] ?? 0, "row")), \(words)"
    }
    report.proven[name] = ["\(day)"]
  }

  private func restore(
    _ scope: RestoreScope, _ epoch: Epoch, _ repository: BackupRepository, _ folder: String
  ) throws -> (String, RestoredLake) {
    let target = "\(call.scratch)/\(folder)"
    let run = restoring(from: repository)
    let plan = try run.plan(epoch, scope, into: target)
    try run.restore(plan)
    return ("\(counted(plan.fileCount, "file")), \(counted(plan.byteCount, "byte"))", lake(target))
  }

  /// How many rows a table or a log has of each day; none for a table that is not parted by days.
  private func days(of name: String, _ lake: RestoredLake) throws -> [CivilDate: Int] {
    let folder = "\(lake.root)/\(RestoredLake.folder(of: name))"
    var days: [CivilDate: Int] = [:]
    if name.contains("/"), !name.contains(".") {
      let log = BronzeLog(folder: folder, fileSystem: files)
      for file in try log.commits().flatMap(\.files) {
        for part in file.path.split(separator: "/") where part.hasPrefix("ingest_date=") {
          if let day = CivilDate(isoText: part.dropFirst(12)) {
            days[day, default: 0] += file.rowCount
          }
        }
      }
      return days
    }
    for file in try Table(folder, files).snapshot()?.files ?? [] {
      let values = file.partitionValues.values.compactMap { $0 }
      guard let day = values.lazy.compactMap({ CivilDate(isoText: $0) }).first else { continue }
      days[day, default: 0] += file.rowCount ?? 0
    }
    return days
  }
}
