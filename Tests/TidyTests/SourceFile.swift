import Core
import TestSupport

/// One file of the house, as its rules look at it.
struct SourceFile: Sendable {
  /// Relative to the package's root.
  let path: String
  let lines: [String]
  /// The lines with comments and the insides of string literals blanked out.
  let code: [String]

  init(_ path: String, _ text: [UInt8]) {
    self.path = path
    lines = SourceFile.lines(text)
    code = SourceFile.lines(path.hasSuffix(".swift") ? CodeMask.code(of: text) : text)
  }

  /// The file's name without folders and extension.
  var name: String { String(lastComponent(of: path).prefix { $0 != "." }) }

  /// The library or tool it belongs to: `Engine` of `Sources/Libraries/Engine/…`.
  var module: String? {
    let parts = path.split(separator: "/")
    guard parts.count > 3, parts[0] == "Sources" else { return nil }
    return String(parts[2])
  }

  var isLibrary: Bool { path.hasPrefix("Sources/Libraries/") }
  var isSwift: Bool { path.hasSuffix(".swift") }

  /// The house's files below `folders` whose names end in one of `suffixes`.
  static func all(_ folders: [String], _ suffixes: [String]) throws -> [SourceFile] {
    let files = LocalFileSystem()
    return try folders.flatMap { try tree($0, files) }
      .filter { path in suffixes.contains { path.hasSuffix($0) } }
      .map { SourceFile($0, try files.read($0)) }
  }

  private static func tree(_ path: String, _ files: LocalFileSystem) throws -> [String] {
    guard let status = try files.status(of: path) else { return [] }
    guard status.isDirectory else { return [path] }
    return try files.list(path).filter { !$0.hasPrefix(".") }
      .flatMap { try tree("\(path)/\($0)", files) }
  }

  private static func lines(_ text: [UInt8]) -> [String] {
    let parts = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let lines = parts.map { String(decoding: $0, as: UTF8.self) }
    return lines.last == "" ? lines.dropLast() : lines
  }
}

/// What a rule found: where, what, and how to mend it.
struct Finding: CustomStringConvertible {
  let place: Place
  let problem: String
  let remedy: String

  init(_ file: SourceFile, _ index: Int, _ problem: String, mend remedy: String) {
    place = Place(file.path, line: index + 1)
    self.problem = problem
    self.remedy = remedy
  }

  var description: String { "\(place): \(problem); \(remedy)" }
}

/// Swift code without its comments and the insides of its string literals.
enum CodeMask {
  /// `text` with those replaced by blanks; line breaks stay.
  static func code(of text: [UInt8]) -> [UInt8] {
    var masker = Masker(text)
    return masker.run()
  }
}

private struct Masker {
  private let text: [UInt8]
  private var code: [UInt8]
  private var index = 0

  init(_ text: [UInt8]) {
    self.text = text
    code = text
  }

  mutating func run() -> [UInt8] {
    while index < text.count { step() }
    return code
  }

  private mutating func step() {
    let byte = text[index]
    if byte == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
      while index < text.count && text[index] != UInt8(ascii: "\n") { blank() }
    } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
      blockComment()
    } else if byte == UInt8(ascii: "\"") {
      string(hashes: 0)
    } else if byte == UInt8(ascii: "#"), let hashes = rawStringHashes {
      for _ in 0..<hashes { blank() }
      string(hashes: hashes)
    } else {
      index += 1
    }
  }

  private var next: UInt8? { index + 1 < text.count ? text[index + 1] : nil }

  private var rawStringHashes: Int? {
    let count = text[index...].prefix { $0 == UInt8(ascii: "#") }.count
    return has("\"", at: index + count) ? count : nil
  }

  private func has(_ word: String, at position: Int) -> Bool {
    position >= 0 && position + word.utf8.count <= text.count
      && text[position..<position + word.utf8.count].elementsEqual(word.utf8)
  }

  private mutating func blank() {
    if text[index] != UInt8(ascii: "\n") { code[index] = UInt8(ascii: " ") }
    index += 1
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if has("/*", at: index) {
        depth += 1
        blank()
      } else if has("*/", at: index) {
        depth -= 1
        blank()
      }
      blank()
    } while depth > 0 && index < text.count
  }

  /// A literal whose opening quote stands at `index`. Interpolated expressions are blanked with it.
  private mutating func string(hashes: Int) {
    let mark = has("\"\"\"", at: index) ? "\"\"\"" : "\""
    let tail = String(repeating: "#", count: hashes)
    for _ in 0..<mark.utf8.count { blank() }
    while index < text.count && !has(mark + tail, at: index) {
      if has("\\" + tail + "(", at: index) {
        interpolation()
      } else {
        let escapes = has("\\" + tail, at: index)
        if escapes { for _ in 0...hashes where index < text.count { blank() } }
        if index < text.count { blank() }
      }
    }
    for _ in 0..<(mark + tail).utf8.count where index < text.count { blank() }
  }

  private mutating func interpolation() {
    while text[index] != UInt8(ascii: "(") { blank() }
    var depth = 0
    repeat {
      switch text[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "\""):
        string(hashes: 0)
        continue
      default: break
      }
      blank()
    } while depth > 0 && index < text.count
  }
}
