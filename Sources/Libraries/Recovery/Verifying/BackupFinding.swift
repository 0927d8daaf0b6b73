/// Something in a backup that is not as it was written.
package struct BackupFinding: Sendable, Equatable {
  /// What kind of file it is about.
  package enum Class: String, Sendable, CaseIterable {
    case backup
    case key
    case pack
    case index
    case epoch
    case seal
    case keystore
    case erasures
  }

  package let kind: Class
  /// The file, by its path below the place.
  package let file: String
  package let problem: String
  package let remedy: String
  /// The epochs that cannot be restored whole because of it.
  package let epochs: [String]

  init(
    _ kind: Class, _ file: String, _ problem: String, remedy: String, epochs: [String] = []
  ) {
    self.kind = kind
    self.file = file
    self.problem = problem
    self.remedy = remedy
    self.epochs = epochs
  }
}
