import Core

/// What is wrong with the form of a record.
enum CSVFlaw: UInt8 {
  case none
  /// A quote inside a field that is not quoted, or text behind a closing quote.
  case strayQuote
  /// A quote that nothing closes: the record is the one line, without fields.
  case openQuote
  /// A record longer than allowed: likewise.
  case overlong
}

/// A field's bytes in the splitter's buffer, without quotes around it.
struct CSVField {
  var start: Int32
  var end: Int32
  var isQuoted: Bool
  /// Whether escapes stand in it.
  var isEscaped: Bool
}

/// A record: its fields, its text without the line break, the number of its first line.
struct CSVRecord {
  var firstField: Int
  var fieldCount: Int
  var start: Int32
  var end: Int32
  var line: Int64
  /// How many bytes come before it.
  var offset: Int64
  var flaw: CSVFlaw
}

/// Cuts a stream of CSV into records and fields, some records at a time.
///
/// A quote that nothing closes does not swallow what follows: its line is given out as a record
/// without fields, and the next line is read afresh.
struct CSVSplitter {
  private enum Step {
    case record(next: Int)
    case incomplete
    case unclosed
  }

  /// A round ends when its records have this many bytes.
  private static let roundByteCount = 4 << 20

  /// Bytes are taken over from the source at most this many at a time.
  private static let pieceByteCount = 1 << 20

  private let source: any ByteSource
  private var piece: ArraySlice<UInt8> = []
  private let options: CSVOptions
  private let stops: [Bool]
  private(set) var buffer: [UInt8] = []
  private(set) var fields: [CSVField] = []
  private(set) var records: [CSVRecord] = []
  private var at = 0
  /// How many bytes came before the buffer's first.
  private var passed: Int64 = 0
  private var line: Int64 = 1
  private var isAtEnd = false
  private var isStarted = false
  /// The rest of a line that was given out as too long is dropped.
  private var isDropping = false

  init(_ source: any ByteSource, options: CSVOptions) {
    self.source = source
    self.options = options
    var stops = [Bool](repeating: false, count: 256)
    for byte in [options.separator, options.quote, 0x0A] { stops[Int(byte)] = true }
    self.stops = stops
  }

  /// Lines passed so far.
  var lineCount: Int64 { line - 1 }

  /// Reads up to `maximum` records into `records`; false when there are no more. Blank lines are
  /// records of one field, comments records of none.
  mutating func read(maximum: Int) throws(Fault) -> Bool {
    buffer.removeFirst(at)
    passed += Int64(at)
    at = 0
    fields.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    if !isStarted { try start() }
    while records.count < maximum, at < CSVSplitter.roundByteCount {
      if isDropping, try !dropLine() { break }
      if at == buffer.count {
        guard try refill() else { break }
      }
      let fieldCount = fields.count
      switch split() {
      case .record(let next) where next - at <= options.maximumRecordLength + 2:
        add(firstField: fieldCount, next: next, flaw: .none)
      case .incomplete:
        fields.removeSubrange(fieldCount...)
        if buffer.count - at > options.maximumRecordLength {
          try addLine(fieldCount)
        } else {
          // At the end the record is split again as the last one.
          _ = try refill()
        }
      case .record, .unclosed:
        fields.removeSubrange(fieldCount...)
        try addLine(fieldCount)
      }
    }
    return !records.isEmpty
  }

  /// A byte order mark is no part of the first record.
  private mutating func start() throws(Fault) {
    isStarted = true
    while buffer.count < 3, try refill() {}
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  private mutating func refill() throws(Fault) -> Bool {
    guard try takePiece() else { return false }
    let part = piece.prefix(CSVSplitter.pieceByteCount)
    buffer.append(contentsOf: part)
    piece = piece[part.endIndex...]
    return true
  }

  /// Sees to it that `piece` has bytes; false at the end.
  private mutating func takePiece() throws(Fault) -> Bool {
    if piece.isEmpty {
      guard !isAtEnd, let next = try source.next() else {
        isAtEnd = true
        return false
      }
      piece = next[...]
    }
    return true
  }

  /// Gives out the line in hand as a record without fields.
  private mutating func addLine(_ firstField: Int) throws(Fault) {
    var end = buffer[at...].firstIndex(of: 0x0A)
    while end == nil, buffer.count - at <= options.maximumRecordLength, try refill() {
      end = buffer[at...].firstIndex(of: 0x0A)
    }
    let limit = at + options.maximumRecordLength
    if let end, end <= limit {
      add(firstField: firstField, next: end + 1, flaw: .openQuote)
    } else if buffer.count <= limit {
      add(firstField: firstField, next: buffer.count, flaw: .openQuote)
    } else {
      add(firstField: firstField, next: limit, flaw: .overlong)
      isDropping = true
    }
  }

  /// Passes the rest of a line; false when the stream ends before it.
  private mutating func dropLine() throws(Fault) -> Bool {
    while true {
      if let end = buffer[at...].firstIndex(of: 0x0A) {
        at = end + 1
        isDropping = false
        return true
      }
      at = buffer.count
      // What was given out must stay; the rest is dropped as it comes.
      guard try takePiece() else { return false }
      let end = piece.firstIndex(of: 0x0A) ?? piece.endIndex
      passed += Int64(end - piece.startIndex)
      piece = piece[end...]
      if !piece.isEmpty { _ = try refill() }
    }
  }

  private mutating func add(firstField: Int, next: Int, flaw: CSVFlaw) {
    var end = next
    if end > at, buffer[end - 1] == 0x0A { end -= 1 }
    if end > at, buffer[end - 1] == 0x0D { end -= 1 }
    var record = CSVRecord(
      firstField: firstField, fieldCount: fields.count - firstField, start: Int32(at),
      end: Int32(end), line: line, offset: passed + Int64(at), flaw: flaw)
    if flaw == .none, hasStrayQuote { record.flaw = .strayQuote }
    records.append(record)
    let breaks = buffer[at..<next].withUnsafeBufferPointer { countLineBreaks($0) }
    line += breaks
    if next == at || buffer[next - 1] != 0x0A { line += 1 }
    at = next
  }

  /// Whether the record split last has one.
  private var hasStrayQuote = false

  /// Splits the record at `at` into `fields`.
  private mutating func split() -> Step {
    hasStrayQuote = false
    var position = at
    // A second reference, so that the fields can be noted while the bytes are looked at.
    let held = buffer
    return held.withUnsafeBufferPointer { bytes -> Step in
      if let comment = options.comment, bytes[position] == comment {
        while position < bytes.count, bytes[position] != 0x0A { position += 1 }
        guard position < bytes.count || isAtEnd else { return .incomplete }
        return .record(next: min(position + 1, bytes.count))
      }
      while true {
        var field = CSVField(start: Int32(position), end: 0, isQuoted: false, isEscaped: false)
        if position < bytes.count, bytes[position] == options.quote {
          field.isQuoted = true
          field.start += 1
          guard let end = closingQuote(bytes, from: position + 1, &field.isEscaped) else {
            return isAtEnd || bytes.count - at > options.maximumRecordLength
              ? .unclosed : .incomplete
          }
          field.end = Int32(end)
          position = end + 1
          if position < bytes.count, !isBoundary(bytes, position) {
            // Text behind the quote: the field is taken as it stands.
            hasStrayQuote = true
            field = CSVField(
              start: field.start - 1, end: 0, isQuoted: false, isEscaped: false)
            position = plainEnd(bytes, from: position)
            field.end = Int32(position)
          }
        } else {
          position = plainEnd(bytes, from: position)
          field.end = Int32(position)
        }
        let isCutShort =
          position >= bytes.count || (position + 1 == bytes.count && bytes[position] == 0x0D)
        if isCutShort, !isAtEnd { return .incomplete }
        let isLast = position >= bytes.count || bytes[position] != options.separator
        if isLast {
          dropReturn(&field, bytes, at: position)
          if position < bytes.count, bytes[position] == 0x0D { position += 1 }
        }
        fields.append(field)
        if isLast { return .record(next: min(position + 1, bytes.count)) }
        position += 1
      }
    }
  }

  /// A field that is not quoted ends before the `\r` of its line's end.
  private func dropReturn(_ field: inout CSVField, _ bytes: TextBytes, at position: Int) {
    guard !field.isQuoted, field.end > field.start, bytes[Int(field.end) - 1] == 0x0D else {
      return
    }
    field.end -= 1
  }

  private func isBoundary(_ bytes: TextBytes, _ position: Int) -> Bool {
    let byte = bytes[position]
    if byte == options.separator || byte == 0x0A { return true }
    guard byte == 0x0D else { return false }
    return position + 1 == bytes.count || bytes[position + 1] == 0x0A
  }

  /// Where a field that is not quoted ends: at a separator, a line break or the end.
  private mutating func plainEnd(_ bytes: TextBytes, from start: Int) -> Int {
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      if stops[Int(byte)] {
        if byte != options.quote { return position }
        hasStrayQuote = true
      }
      position += 1
    }
    return position
  }

  /// The position of the quote that closes a field, nil when none does.
  private func closingQuote(
    _ bytes: TextBytes, from start: Int, _ isEscaped: inout Bool
  ) -> Int? {
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      if byte == options.escape, options.escape != options.quote {
        isEscaped = true
        position += 2
        continue
      }
      if byte == options.quote {
        guard options.escape == options.quote, position + 1 < bytes.count,
          bytes[position + 1] == options.quote
        else {
          // The last byte of the buffer may be half of an escape.
          return position + 1 < bytes.count || isAtEnd ? position : nil
        }
        isEscaped = true
        position += 2
        continue
      }
      position += 1
    }
    return nil
  }
}
