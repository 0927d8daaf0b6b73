package import Core

/// A line that a command said, with its end: secrets masked, and how grave it is, if that was told.
package struct TalkLine: Equatable, Sendable {
  package var text: [UInt8]
  package var level: TalkLevel?

  package init(_ text: [UInt8], _ level: TalkLevel? = nil) {
    self.text = text
    self.level = level
  }
}

/// Cuts what a command says into lines, as it comes.
struct TalkLines {
  /// A line that grows longer is given on in pieces.
  static let longest = 1 << 16

  private var line: [UInt8] = []

  /// Takes what was said; each line that is whole is given to `hear`.
  mutating func take(_ bytes: [UInt8], _ hear: (TalkLine) -> Void) {
    for byte in bytes {
      line.append(byte)
      if byte == UInt8(ascii: "\n") || line.count >= Self.longest { endLine(hear) }
    }
  }

  /// Gives on what was said without the end of its line.
  mutating func end(_ hear: (TalkLine) -> Void) {
    while !line.isEmpty { endLine(hear) }
  }

  private mutating func endLine(_ hear: (TalkLine) -> Void) {
    let (text, rest) = Self.parted(line)
    line.removeAll(keepingCapacity: true)
    line += rest
    let (level, words) = TalkLevel.parted(text)
    hear(TalkLine(masked(words), level))
  }

  /// A line that grew too long without the word at its end, which may be half a secret.
  private static func parted(_ line: [UInt8]) -> (text: [UInt8], rest: ArraySlice<UInt8>) {
    guard line.count >= longest, line.last != UInt8(ascii: "\n"),
      let blank = line.suffix(longest / 4).lastIndex(of: UInt8(ascii: " "))
    else { return (line, []) }
    return (Array(line[...blank]), line[(blank + 1)...])
  }
}
