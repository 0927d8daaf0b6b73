import Core

/// A LIKE pattern: `%` for any text, `_` for one character.
struct LikePattern {
  private enum Part: Equatable {
    case bytes([UInt8])
    case anyCharacter
    case anyText
  }

  private var parts: [Part] = []

  init(_ pattern: String, escape: Unicode.Scalar) throws(Fault) {
    var literal: [UInt8] = []
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if isEscaped || (scalar != escape && scalar != "%" && scalar != "_") {
        literal.append(contentsOf: Array(String(scalar).utf8))
        isEscaped = false
      } else if scalar == escape {
        isEscaped = true
      } else {
        if !literal.isEmpty { parts.append(.bytes(literal)) }
        literal = []
        if scalar == "_" { parts.append(.anyCharacter) }
        if scalar == "%", parts.last != .anyText { parts.append(.anyText) }
      }
    }
    if isEscaped {
      throw dataFault(
        "the pattern '\(pattern)' ends with its escape character",
        remedy: "double the escape character")
    }
    if !literal.isEmpty { parts.append(.bytes(literal)) }
  }

  /// Whether the whole of `text` matches.
  func matches(_ text: TextBytes) -> Bool {
    var at = 0
    var part = 0
    // Where to go on when a try fails: after the last `%`, one byte further on.
    var retry: (part: Int, at: Int)?
    while true {
      if part < parts.count, let end = end(of: parts[part], in: text, at: at) {
        if parts[part] == .anyText { retry = (part + 1, at) }
        at = end
        part += 1
        if part == parts.count, at == text.count { return true }
        if part < parts.count { continue }
      } else if part == parts.count, at == text.count {
        return true
      }
      guard let last = retry, last.at < text.count else { return false }
      if last.part == parts.count { return true }
      retry = (last.part, last.at + 1)
      part = last.part
      at = last.at + 1
    }
  }

  private func end(of part: Part, in text: TextBytes, at start: Int) -> Int? {
    switch part {
    case .anyText: return start
    case .anyCharacter:
      guard start < text.count, text[start] & 0xC0 != 0x80 else { return nil }
      var end = start + 1
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      return end
    case .bytes(let bytes):
      guard text.count - start >= bytes.count else { return nil }
      return bytes.withUnsafeBufferPointer { hasBytes(text, $0, at: start) }
        ? start + bytes.count : nil
    }
  }
}
