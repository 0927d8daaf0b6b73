import Core

/// A LIKE pattern: `%` for any text, `_` for one character.
struct LikePattern {
  private enum Part: Equatable {
    case bytes([UInt8])
    case anyCharacter
    case anyText
  }

  private var parts: [Part] = []
  /// The pattern by fixed places, if it has one `%` at most.
  private var layout: FixedLayout?

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
    layout = FixedLayout(parts)
  }

  /// Whether the whole of `text` matches.
  func matches(_ text: TextBytes) -> Bool {
    // In ASCII a character is a byte.
    if let layout, isASCII(text) { return layout.matches(text) }
    return matchesByParts(text)
  }

  private func matchesByParts(_ text: TextBytes) -> Bool {
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

extension LikePattern {
  /// Which byte must stand where, counted from the beginning and from the end of ASCII text.
  private struct FixedLayout {
    private var head: [(offset: Int, byte: UInt8)] = []
    private var headCount = 0
    private var tail: [(offset: Int, byte: UInt8)] = []
    private var tailCount = 0
    /// Whether there may be more text between head and tail.
    private var hasGap = false

    /// Nil when the parts have several gaps.
    init?(_ parts: [Part]) {
      for part in parts {
        switch part {
        case .anyText:
          if hasGap { return nil }
          hasGap = true
        case .anyCharacter: advance(by: 1)
        case .bytes(let bytes): for byte in bytes { add(byte) }
        }
      }
    }

    func matches(_ text: TextBytes) -> Bool {
      let count = headCount + tailCount
      guard hasGap ? text.count >= count : text.count == count else { return false }
      for check in head where text[check.offset] != check.byte { return false }
      let start = text.count - tailCount
      for check in tail where text[start + check.offset] != check.byte { return false }
      return true
    }

    private mutating func add(_ byte: UInt8) {
      if hasGap { tail.append((tailCount, byte)) } else { head.append((headCount, byte)) }
      advance(by: 1)
    }

    private mutating func advance(by count: Int) {
      if hasGap { tailCount += count } else { headCount += count }
    }
  }
}

/// Whether no byte has its high bit set.
private func isASCII(_ text: TextBytes) -> Bool {
  let raw = UnsafeRawBufferPointer(text)
  var bits: UInt64 = 0
  var at = 0
  while at + 8 <= raw.count {
    bits |= raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    at += 8
  }
  while at < raw.count {
    bits |= UInt64(raw[at])
    at += 1
  }
  return bits & 0x8080_8080_8080_8080 == 0
}
