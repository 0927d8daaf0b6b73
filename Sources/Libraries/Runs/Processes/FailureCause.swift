import Core
import JSON

/// Why a command failed, as far as its talk tells: the last line that is an error, else the last
/// one that may be. What only warns is never why.
struct FailureCause {
  /// Longer ones are cut.
  private static let longest = 500

  /// The last line that says it is an error.
  private(set) var lastError: String?
  /// The last line that does not say what it is.
  private var lastWord: String?

  /// Why a command failed that ended by itself.
  var text: String? { lastError ?? lastWord }

  /// Takes a line of the talk.
  mutating func take(_ line: TalkLine) {
    let words = shown(String(String(decoding: line.text, as: UTF8.self).trimmed))
    // What make says of a command that failed is not why.
    guard !words.isEmpty, !words.hasPrefix("make: "), !words.hasPrefix("make[") else { return }
    let (text, told) = Self.message(in: words)
    switch line.level ?? told ?? Self.level(of: text) {
    case .error: lastError = String(text.prefix(Self.longest))
    case .warning, .note: break
    case nil: lastWord = String(text.prefix(Self.longest))
    }
  }

  /// A line as people read it: of talk in JSON what its text would be, and the level it gives.
  private static func message(in line: String) -> (text: String, level: TalkLevel?) {
    guard line.hasPrefix("{"), let json = try? JSONValue(parsing: line),
      let message = json["message"]?.string, let level = json["level"]?.string
    else { return (line, nil) }
    let origin = [json["tool"]?.string, json["place"]?.string].compactMap { $0 }
    let remedy = json["remedy"]?.string.map { "; \($0)" } ?? ""
    return ((origin + [" \(message)\(remedy)"]).joined(separator: ":"), TalkLevel(rawValue: level))
  }

  /// The level that other programs write into a line, as `x.c:3:1: warning: …`, `[WARN] …` and
  /// `psql:x.sql:3: ERROR:  …` do; nil for most.
  private static func level(of text: String) -> TalkLevel? {
    for word in text.split(separator: " ").prefix(4) {
      let isLabel = word.hasSuffix(":") || word.hasPrefix("[") || word == word.uppercased()
      guard isLabel else { continue }
      let letters = word.split(separator: ":").last?.drop { "[<(".contains($0) } ?? ""
      switch letters.prefix(while: \.isLetter).lowercased() {
      case "error", "fatal", "panic", "critical": return .error
      case "warning", "warn": return .warning
      case "note", "notice", "info", "debug", "hint", "detail": return .note
      default: continue
      }
    }
    return nil
  }
}
