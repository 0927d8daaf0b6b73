import Core

/// The lines of a file of the record, one at a time, however large the file is.
final class AuditLines {
  static let newline = UInt8(ascii: "\n")

  private let pieces: FileBytes
  private let limit: Int
  private var piece: ArraySlice<UInt8> = []
  /// The digest of all bytes that were read, and their number.
  private let digest = SHA256()
  private(set) var byteCount = 0
  private var endCount = 0

  /// The lines of `file`; longer ones come in pieces of `limit` bytes, which are no entries.
  init(_ file: any ReadableFile, limit: Int = AuditRecord.lineLimit) {
    pieces = FileBytes(file)
    self.limit = limit
  }

  /// A line without its end.
  struct Line {
    let bytes: ArraySlice<UInt8>
    let number: Int
    /// Whether it has an end, and no more of it follows.
    let isEnded: Bool
  }

  /// The next line; nil behind the last.
  func next() throws(Fault) -> Line? {
    var line: [UInt8] = []
    while true {
      if piece.isEmpty {
        guard let next = try pieces.next() else {
          return line.isEmpty ? nil : Line(bytes: line[...], number: endCount + 1, isEnded: false)
        }
        digest.append(next)
        byteCount += next.count
        piece = next[...]
      }
      if let end = piece.prefix(limit - line.count).firstIndex(of: Self.newline) {
        line += piece[..<end]
        piece = piece[(end + 1)...]
        endCount += 1
        return Line(bytes: line[...], number: endCount, isEnded: true)
      }
      let taken = piece.prefix(limit - line.count)
      line += taken
      piece = piece.dropFirst(taken.count)
      if line.count >= limit {
        return Line(bytes: line[...], number: endCount + 1, isEnded: false)
      }
    }
  }

  /// The digest of the whole file, once it was read to its end.
  func finish() -> String { hexText(digest.finish()) }
}
