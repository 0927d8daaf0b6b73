import Core

/// Tells whole files from those that are still being written.
struct FileReadiness {
  /// What a file is found to be.
  enum Finding {
    /// It is whole; its manifest may say what is in it.
    case whole(ControlTotals?)
    /// It is left for a later run; why, in words.
    case waits(String)
  }

  private let rules: FileRules
  private let settle: Duration?
  private let hasCompanion: Bool
  private let fileSystem: any FileSystem
  private let systemTime: @Sendable () -> Timestamp

  /// A file has to lie unchanged for `settle` where the rules say nothing.
  init(
    _ rules: FileRules, settle: Duration?, _ fileSystem: any FileSystem,
    systemTime: @escaping @Sendable () -> Timestamp
  ) {
    self.rules = rules
    hasCompanion = rules.done != nil || rules.manifest != nil
    self.settle = rules.settle ?? (hasCompanion ? nil : settle)
    self.fileSystem = fileSystem
    self.systemTime = systemTime
  }

  func finding(_ file: String, _ status: FileStatus) throws(Fault) -> Finding {
    if !hasCompanion, status.byteCount == 0 { return .waits("is still empty") }
    if let done = rules.done?.path(for: file), try !fileSystem.exists(done) {
      return .waits("waits for \(lastComponent(of: done))")
    }
    var totals: ControlTotals?
    if let manifest = rules.manifest?.path(for: file) {
      guard try fileSystem.exists(manifest),
        let found = try FileManifest(manifest, fileSystem).totals(of: lastComponent(of: file))
      else { return .waits("waits to be named in \(lastComponent(of: manifest))") }
      totals = found
    }
    if let settle, case let age = age(of: status), age < settle {
      return .waits("changed \(age.components.seconds) s ago, not yet \(settle.components.seconds)")
    }
    return .whole(totals)
  }

  /// How long it takes until a file that now has `status` has settled.
  func patience(_ status: FileStatus) -> Duration {
    guard let settle else { return .zero }
    return max(.zero, settle - age(of: status))
  }

  /// By the time that no program sets: copies may bear the time of their original. A clock that was
  /// set back makes nothing wait for ever.
  private func age(of status: FileStatus) -> Duration {
    // Times of files lie between the years 1 and 9999.
    let age = systemTime().microseconds &- status.changed.microseconds
    return age < 0 ? settle ?? .zero : .microseconds(age)
  }
}
