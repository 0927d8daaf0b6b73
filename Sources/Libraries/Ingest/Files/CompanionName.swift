import Core

/// The name of a file that stands beside a file of data: `*.done`, `manifest.json`.
struct CompanionName: Sendable {
  private let before: String
  /// Nil for the companion of all files in a folder.
  private let after: String?

  init?(_ pattern: String) {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard !pattern.isEmpty, pattern != "*", parts.count <= 2, !pattern.contains("/") else {
      return nil
    }
    before = String(parts[0])
    after = parts.count == 2 ? String(parts[1]) : nil
  }

  /// The companion's path for the file at `path`.
  func path(for path: String) -> String {
    let name = lastComponent(of: path)
    let folder = path.dropLast(name.utf8.count)
    return folder + before + (after.map { name + $0 } ?? "")
  }

  func matches(_ name: String) -> Bool {
    guard let after else { return name == before }
    return name.hasPrefix(before) && name.hasSuffix(after)
      && name.utf8.count > before.utf8.count + after.utf8.count
  }
}
