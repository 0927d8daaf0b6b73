import Core

/// Text whose lines end in `\r` alone, as old Macs wrote them, with `\n` instead, a byte for a
/// byte; any other text as it is. How the first line ends, outside of quotes, decides.
final class LineEnds: ByteSource {
  private enum Kind {
    case unknown
    case standard
    case returns
  }

  private let source: any ByteSource
  private let quote: UInt8
  private let escape: UInt8
  private var kind = Kind.unknown
  /// How many bytes of `held` were looked at, and whether the next stands in quotes.
  private var lookedCount = 0
  private var isQuoted = false
  /// What waits until it is known how lines end: less than a line, unless all is one.
  private var held: [UInt8] = []
  /// Whether the last byte given was to be a `\r`, of which it is not known what follows.
  private var endsInReturn = false

  init(_ source: any ByteSource, _ options: CSVOptions) {
    self.source = source
    quote = options.quote
    escape = options.escape
  }

  func next() throws(Fault) -> [UInt8]? {
    if kind == .unknown {
      try look()
      defer { held = [] }
      return held.isEmpty ? nil : kind == .returns ? replaced(held) : held
    }
    guard let piece = try source.next() else {
      defer { endsInReturn = false }
      return endsInReturn ? [lineFeed] : nil
    }
    guard kind == .returns else { return piece }
    let text = replaced(piece)
    return text.isEmpty ? try next() : text
  }

  /// Reads to the end of the first line.
  private func look() throws(Fault) {
    while kind == .unknown {
      guard held.count < CSVOptions().maximumRecordLength, let piece = try source.next() else {
        kind = .standard
        return
      }
      held += piece
      while kind == .unknown, lookedCount < held.count {
        guard lookAt(lookedCount) else { break }
        lookedCount += 1
      }
    }
  }

  /// Looks at one byte; false when the one behind it is needed and is not there yet.
  private func lookAt(_ index: Int) -> Bool {
    let byte = held[index]
    if isQuoted, byte == escape, escape != quote {
      guard index + 1 < held.count else { return false }
      lookedCount += 1
    } else if byte == quote, quote != 0 {
      isQuoted.toggle()
    } else if !isQuoted, byte == lineFeed {
      kind = .standard
    } else if !isQuoted, byte == carriageReturn {
      guard index + 1 < held.count else { return false }
      kind = held[index + 1] == lineFeed ? .standard : .returns
    }
    return true
  }

  private func replaced(_ piece: [UInt8]) -> [UInt8] {
    var text = endsInReturn ? [carriageReturn] + piece : piece
    endsInReturn = text.last == carriageReturn
    if endsInReturn { text.removeLast() }
    for index in text.indices where text[index] == carriageReturn {
      let isPair = index + 1 < text.count && text[index + 1] == lineFeed
      if !isPair { text[index] = lineFeed }
    }
    return text
  }
}

private let lineFeed: UInt8 = 0x0A
private let carriageReturn: UInt8 = 0x0D
