package import Core
import JSON

/// A backup place that rclone reaches: an object store, an sftp server, whatever its own settings
/// (`rclone config`) call by a name. Secrets stand in these settings and in no argument.
///
/// rclone gives an upload its name when it is whole where the store can do that; whether it is, the
/// size tells, and the digest that packs are named by. What is read often is kept in `cache`.
package struct RclonePlace: BackupPlace {
  /// The beginning of how people write one: `rclone:REMOTE:PATH`.
  package static let mark = "rclone:"

  private static let remedy = "install rclone, and see 'rclone config' for the remote"

  /// As rclone has it: `REMOTE:PATH`.
  private let remote: String
  private let cache: FolderPlace

  package init(_ remote: String, cache: FolderPlace) {
    self.remote = remote.hasSuffix("/") ? String(remote.dropLast()) : remote
    self.cache = cache
  }

  package var name: String { Self.mark + remote }

  package func list(_ folder: String) throws(Fault) -> [StoredFile] {
    let outcome = try call(
      ["lsjson", "--recursive", "--files-only", "--no-modtime", "--no-mimetype", address(folder)])
    // A folder that is not there is one with nothing in it.
    if outcome.status == 3 { return [] }
    try check(outcome, of: folder)
    let entries = try JSONValue(parsing: outcome.output, at: Place(name)).array ?? []
    return entries.compactMap { entry -> StoredFile? in
      guard let path = entry["Path"]?.string, let size = entry["Size"]?.int else { return nil }
      return StoredFile(folder.isEmpty ? path : "\(folder)/\(path)", byteCount: size)
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  package func read(_ file: String, at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    guard Self.isFixed(file) else {
      return Array(try read(file).dropFirst(offset).prefix(count))
    }
    do throws(Fault) {
      return try cache.read(file, at: offset, count: count)
    } catch {
      guard error.kind == .missing else { throw error }
    }
    return Array(try read(file).dropFirst(offset).prefix(count))
  }

  package func read(_ file: String) throws(Fault) -> [UInt8] {
    if Self.isFixed(file), let known = try? cache.read(file) { return known }
    let outcome = try call(["cat", address(file)])
    let isEmpty = outcome.status == 0 && outcome.output.isEmpty
    if Self.isMissing(outcome) || isEmpty {
      throw Fault(
        .missing, at: Place("\(name)/\(file)"), "there is no such file",
        remedy: "see 'backup verify'")
    }
    try check(outcome, of: file)
    if Self.isFixed(file) { try cache.write(file, outcome.output) }
    return outcome.output
  }

  package func write(_ file: String, _ bytes: [UInt8]) throws(Fault) {
    try check(try call(["rcat", "--size", "\(bytes.count)", address(file)], bytes), of: file)
  }

  package func remove(_ file: String) throws(Fault) {
    let outcome = try call(["deletefile", address(file)])
    if Self.isMissing(outcome) { return }
    try check(outcome, of: file)
  }

  package func path(of file: String) -> String? { nil }

  /// Whether a file's name tells its bytes, so that it never changes.
  private static func isFixed(_ file: String) -> Bool {
    file.hasPrefix("packs/") || file.hasPrefix("indexes/")
  }

  /// Whether rclone found no such folder or file.
  private static func isMissing(_ outcome: ChildProgram.Outcome) -> Bool {
    outcome.status == 3 || outcome.status == 4
  }

  private func address(_ file: String) -> String {
    if file.isEmpty { return remote }
    return remote.hasSuffix(":") ? remote + file : "\(remote)/\(file)"
  }

  private func call(
    _ arguments: [String], _ input: [UInt8] = []
  ) throws(Fault) -> ChildProgram.Outcome {
    try ChildProgram("rclone", ["--quiet", "--retries", "3"] + arguments)
      .run(giving: input, remedy: Self.remedy)
  }

  private func check(_ outcome: ChildProgram.Outcome, of file: String) throws(Fault) {
    guard outcome.status != 0 else { return }
    throw Fault(
      .temporary, at: Place("\(name)/\(file)"),
      "rclone ended with \(outcome.status): \(outcome.lastWord)",
      remedy: "see whether the remote can be reached: rclone lsd \(quotedForShell(remote))")
  }
}
