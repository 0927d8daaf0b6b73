package import Core

/// Something in a lake that is not as its logs say.
package struct VerifyFinding: Sendable {
  /// What it means.
  package enum Level: String, Sendable {
    /// Rows are lost, wrong or unproven.
    case damage
    /// What can be made anew is wrong; `--repair` takes it away.
    case derived
    /// Nothing is lost, and somebody may want to know.
    case note
  }

  package let level: Level
  package let table: String
  package let place: Place
  package let problem: String
  package let remedy: String
  /// Files that can be made anew, and that are wrong.
  let spareFiles: [String]
  /// Whether those were taken away.
  package internal(set) var isRepaired = false

  init(
    _ level: Level, _ table: String, at path: String, _ problem: String, remedy: String,
    spareFiles: [String] = []
  ) {
    self.level = level
    self.table = table
    place = Place(path)
    self.problem = problem
    self.remedy = remedy
    self.spareFiles = spareFiles
  }

  /// A fault that was met on the way.
  init(_ fault: Fault, _ table: String) {
    self.init(
      .damage, table, at: fault.place?.file ?? table, fault.problem, remedy: fault.remedy)
  }
}

/// How much is read.
package enum VerifyScope: Sendable {
  /// All names and sizes, and the rows of a few files of each table: others each day.
  case sample
  /// Every byte.
  case full

  private static let sampleCount = 5

  /// The files of `all` whose bytes are read on `day`.
  func choice<File>(of all: [File], on day: Int) -> [File] {
    guard case .sample = self, all.count > Self.sampleCount else { return all }
    let distance = all.count / Self.sampleCount
    return (0..<Self.sampleCount).map { all[($0 * distance + day) % all.count] }
  }
}
