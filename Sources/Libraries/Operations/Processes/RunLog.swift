import Core
import Glibc
import JSON

/// What a run says on standard error, kept below `<lake>/_runs/logs/<job>/` and given on, line by
/// line, secrets masked.
package final class RunLog {
  /// A log of more bytes goes on in a new file; the one before stays beside it.
  private static let limit = 8 << 20
  /// So many logs of a job are kept.
  private static let keptCount = 200
  /// A line that grows longer is given on in pieces.
  private static let longestLine = 1 << 16

  /// Its place below the lake.
  package let path: String
  private let fullPath: String
  private let pass: ([UInt8]) -> Void
  private var file: Int32 = -1
  private var byteCount = 0
  private var line: [UInt8] = []
  /// The last line that may be why a run failed, and the last that says it is.
  private var lastLine: String?
  private var lastError: String?

  /// The log of a run; `pass` is given each line too. It is made with its first line.
  package init(
    lake: String, job: String, runID: String, pass: @escaping ([UInt8]) -> Void
  ) {
    path = "_runs/logs/\(job)/\(runID).log"
    fullPath = "\(lake)/\(path)"
    self.pass = pass
  }

  deinit { if file >= 0 { close(file) } }

  /// Whether anything was said.
  package var isEmpty: Bool { byteCount == 0 && file < 0 }

  /// Takes what the command says, as it comes.
  package func append(_ bytes: [UInt8]) {
    for byte in bytes {
      line.append(byte)
      if byte == UInt8(ascii: "\n") || line.count >= Self.longestLine { endLine() }
    }
  }

  /// Takes what was said without the end of its line.
  package func flush() {
    while !line.isEmpty { endLine() }
  }

  /// The last line that tells of an error: one that says so, else the last one.
  package var cause: String? { lastError ?? lastLine }

  /// A line that grew too long without the word at its end, which may be half a secret.
  private static func parted(_ line: [UInt8]) -> (text: [UInt8], rest: ArraySlice<UInt8>) {
    guard line.count >= longestLine, line.last != UInt8(ascii: "\n"),
      let blank = line.suffix(longestLine / 4).lastIndex(of: UInt8(ascii: " "))
    else { return (line, []) }
    return (Array(line[...blank]), line[(blank + 1)...])
  }

  private func endLine() {
    let (text, rest) = Self.parted(line)
    line.removeAll(keepingCapacity: true)
    line += rest
    tell(masked(text))
  }

  private func tell(_ text: [UInt8]) {
    pass(text)
    keep(text)
    let shownWords = shown(String(String(decoding: text, as: UTF8.self).trimmed))
    // What make says of a command that failed is not why.
    guard !shownWords.isEmpty, !shownWords.hasPrefix("make: "), !shownWords.hasPrefix("make[")
    else {
      return
    }
    let words = message(in: shownWords)
    lastLine = String(words.text.prefix(500))
    if words.isError { lastError = lastLine }
  }

  /// A line as people read it: of talk in JSON what its text would be.
  private func message(in line: String) -> (text: String, isError: Bool) {
    guard line.hasPrefix("{"), let json = try? JSONValue(parsing: line),
      let message = json["message"]?.string, let level = json["level"]?.string
    else { return (line, false) }
    let origin = [json["tool"]?.string, json["place"]?.string].compactMap { $0 }
    let remedy = json["remedy"]?.string.map { "; \($0)" } ?? ""
    return ((origin + [" \(message)\(remedy)"]).joined(separator: ":"), level == "error")
  }

  /// A log that cannot be kept is no reason to stop the run.
  private func keep(_ text: [UInt8]) {
    if byteCount + text.count > Self.limit, byteCount > 0 {
      close(file)
      file = -1
      rename(fullPath, fullPath + ".1")
      byteCount = 0
    }
    if file < 0 { begin() }
    if file >= 0, write(file, text, text.count) == text.count { byteCount += text.count }
  }

  private func begin() {
    let folder = parent(of: fullPath)
    let files = LocalFileSystem()
    try? files.createDirectory(folder)
    // Identities sort by time.
    let names = ((try? files.list(folder)) ?? []).filter { $0.hasSuffix(".log") }
    for name in names.dropLast(Self.keptCount - 1) {
      unlink("\(folder)/\(name)")
      unlink("\(folder)/\(name).1")
    }
    file = open(
      fullPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
    shareFile(fullPath)
  }
}
