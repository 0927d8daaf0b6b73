import Core
import TextFormats

/// How an input begins, unpacked, and what that says of it: a file of another kind than its reader
/// expects is refused by name, before it is taken for damaged lines.
struct FirstBytes {
  /// So many bytes are looked at.
  static let count = 64 << 10

  /// Why an input is not what it should be, and what helps; for a command that is to be named, the
  /// input stands in it as `FILE`.
  struct Mismatch: Equatable {
    var problem: String
    var remedy: String

    func fault(at place: Place) -> Fault { Fault(.data, at: place, problem, remedy: remedy) }
  }

  let bytes: [UInt8]
  /// Whether nothing follows them.
  let isWhole: Bool

  init(bytes: [UInt8], isWhole: Bool) {
    self.bytes = bytes
    self.isWhole = isWhole
  }

  /// The first bytes of `source`; of a pipe those that come with the first line.
  init(of source: any ByteSource, isPipe: Bool = false) throws(Fault) {
    var bytes: [UInt8] = []
    var isWhole = false
    while bytes.count < FirstBytes.count, !(isPipe && bytes.contains(lineFeed)) {
      guard let piece = try source.next() else {
        isWhole = true
        break
      }
      bytes += piece
    }
    self.init(bytes: bytes, isWhole: isWhole)
  }

  /// Why this is no text of lines of JSON in UTF-8.
  var mismatchWithLines: Mismatch? {
    if let kind = ForeignKind(bytes) { return kind.mismatch }
    if let found = TextSign(bytes), found != .utf8 {
      return Mismatch(
        problem: "this is \(found.name), not UTF-8",
        remedy: "turn it into UTF-8: iconv -f \(found.name) -t UTF-8 FILE")
    }
    return ForeignKind.binary(bytes) ?? mismatchOfForm
  }

  /// Why this is no CSV of so many columns in `encoding`.
  func mismatchWithCSV(
    in encoding: TextEncoding, columnCount: Int, options: CSVOptions
  ) -> Mismatch? {
    if let kind = ForeignKind(bytes) { return kind.mismatch }
    let found = TextSign(bytes)
    if let found, !found.suits(encoding) {
      let isRead = TextEncoding(named: found.name) != nil
      return Mismatch(
        problem: "the file is \(found.name), and its contract says \(encoding.rawValue)",
        remedy: isRead
          ? "add OPTIONS (encoding '\(found.name)') to the contract" : "have it sent in UTF-8")
    }
    let isWide = [.utf16, .utf16LittleEndian, .utf16BigEndian].contains(encoding)
    if isWide {
      guard found == nil, bytes.count >= 4, !bytes.contains(0) else { return nil }
      return Mismatch(
        problem: "the file has one byte a letter, and its contract says \(encoding.rawValue)",
        remedy: "change OPTIONS (encoding …) of the contract to 'UTF-8', or what it is")
    }
    if let binary = ForeignKind.binary(bytes) { return binary }
    if bytes.starts(with: Array("{\"".utf8)), firstLineIsObject {
      return Mismatch(
        problem: "these are lines of JSON, and the contract says CSV",
        remedy: "declare the table USING json")
    }
    return isOneRecord(columnCount, options) ? Self.noLineEnds : nil
  }

  /// Why this is no Parquet, where that can be said.
  var mismatchWithParquet: Mismatch? {
    bytes.starts(with: ForeignKind.parquet) ? nil : ForeignKind(bytes)?.mismatch
  }

  private static let noLineEnds = Mismatch(
    problem: "there are no line ends in it: all of it is one record",
    remedy: "have each record sent on a line of its own")

  /// A header without an end that names as many fields as several records have.
  private func isOneRecord(_ columnCount: Int, _ options: CSVOptions) -> Bool {
    guard isWhole, options.header, columnCount > 1,
      !bytes.contains(lineFeed), !bytes.contains(carriageReturn)
    else { return false }
    return bytes.count { $0 == options.separator } + 1 >= 2 * columnCount - 1
  }

  // MARK: Lines of JSON

  /// Why text is JSON, but not an object a line.
  private var mismatchOfForm: Mismatch? {
    let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    guard let start = text.firstIndex(where: { !isBlank($0) }) else { return nil }
    let rest = text[start...]
    if !rest.contains(lineFeed), let end = rest.firstIndex(of: carriageReturn),
      rest[end...].contains(where: { !isBlank($0) })
    {
      return Mismatch(
        problem: "lines end in \\r alone, not in \\n",
        remedy: "turn them into line ends: tr '\\r' '\\n' <FILE")
    }
    switch rest[start] {
    case UInt8(ascii: "["):
      // A line that is an array is a bad line; a file that is one has no others.
      if let end = valueEnd(rest), let line = rest[end...].firstIndex(of: lineFeed),
        rest[line...].contains(where: { !isBlank($0) })
      {
        return nil
      }
      return Mismatch(
        problem: "this is a JSON array, not an object a line",
        remedy: "give its elements a line each: jq -c '.[]' FILE")
    case UInt8(ascii: "{"):
      return mismatch(ofObjectsIn: rest)
    default: return nil
    }
  }

  private func mismatch(ofObjectsIn text: ArraySlice<UInt8>) -> Mismatch? {
    let line = text.prefix { $0 != lineFeed }
    let isOpened = line.dropFirst().allSatisfy { isBlank($0) }
    if isOpened, let next = text.dropFirst(line.count).first(where: { !isBlank($0) }),
      next == UInt8(ascii: "\"")
    {
      return Mismatch(
        problem: "its JSON is spread over several lines",
        remedy: "give each object a line: jq -c . FILE")
    }
    guard line.count == text.count, let end = valueEnd(text),
      text[end...].first(where: { !isBlank($0) }) == UInt8(ascii: "{")
    else { return nil }
    return Mismatch(
      problem: "there are no line ends in it: its objects stand one behind the other",
      remedy: "give each a line: jq -c . FILE")
  }

  private var firstLineIsObject: Bool {
    let line = bytes.prefix { $0 != lineFeed && $0 != carriageReturn }
    return line.count < bytes.count && line.last == UInt8(ascii: "}")
  }

  /// Behind the object or array that `text` begins with; nil when it does not end in it.
  private func valueEnd(_ text: ArraySlice<UInt8>) -> Int? {
    var depth = 0
    var isText = false
    var isEscaped = false
    for (index, byte) in zip(text.indices, text) {
      if isEscaped {
        isEscaped = false
      } else if isText {
        isEscaped = byte == UInt8(ascii: "\\")
        isText = byte != UInt8(ascii: "\"")
      } else {
        switch byte {
        case UInt8(ascii: "\""): isText = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          depth -= 1
          if depth == 0 { return index + 1 }
        default: break
        }
      }
    }
    return nil
  }
}

private let lineFeed: UInt8 = 0x0A
private let carriageReturn: UInt8 = 0x0D
private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
