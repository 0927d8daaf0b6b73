import Bronze
import Compression
import Core
import TextFormats

/// Takes a person out of a file of lines, plain or compressed: as many lines, in the same order.
struct LineFileErasure {
  /// How lines say what they say.
  enum Form {
    case records
    case fields(CSVRecordScrub)
    case text
  }

  /// About so many bytes of lines stand in one frame.
  private static let frameByteCount = 1 << 20

  private let work: ErasureWork
  private let records: RecordScrub
  private let form: Form

  init(_ work: ErasureWork, _ roles: RowRoles, _ form: Form) {
    self.work = work
    self.form = form
    records = RecordScrub(work.person, roles, work.scrub)
  }

  /// What the file is now.
  struct Outcome {
    var place: ErasedPlace
    var byteCount = 0
  }

  /// Replaces the file where it holds the person, or was begun by a run before; nil where it may
  /// stay.
  func erase(_ path: String, as kind: ErasedPlace.Kind) throws -> Outcome? {
    guard let place = try work.place(kind, path, count: count(in: path)) else { return nil }
    var outcome = Outcome(place: place)
    guard !work.isTrial else { return outcome }
    try work.begin(place)
    let draft = DigestingDraft(try work.files.draft(path, replacing: true))
    try rewrite(path, to: draft)
    outcome.byteCount = draft.byteCount
    _ = try draft.publish()
    outcome.place.after = draft.digestText
    return outcome
  }

  private func count(in path: String) throws -> Int {
    var count = 0
    _ = try visit(path) { _, isChanged in if isChanged { count += 1 } }
    return count
  }

  private func rewrite(_ path: String, to draft: DigestingDraft) throws {
    var pending: [UInt8] = []
    let frames = try FrameCompressor()
    let codec = try codec(of: path)
    let stream = codec == .gzip ? try StreamCompressor(.gzip) : nil
    func flush() throws {
      guard !pending.isEmpty else { return }
      if let stream {
        try draft.append(try stream.compress(pending))
      } else if codec == .zstd {
        try draft.append(try pending.withUnsafeBytes { bytes in try frames.compress(bytes) })
      } else {
        try draft.append(pending)
      }
      pending = []
    }
    try visit(path) { line, _ in
      pending += line
      if pending.count >= Self.frameByteCount { try flush() }
    }
    try flush()
    if let stream { try draft.append(try stream.finish()) }
  }

  private func codec(of path: String) throws(Fault) -> Codec {
    let reader = DecompressingReader(try work.files.open(path), at: Place(path))
    _ = try reader.next()
    return reader.codec
  }

  /// Gives each line as it is to be, its end with it, and whether that is another.
  private func visit(
    _ path: String, _ body: (_ line: ArraySlice<UInt8>, _ isChanged: Bool) throws -> Void
  ) throws {
    let bytes = DecompressingReader(try work.files.open(path), at: Place(path))
    var rest: [UInt8] = []
    var header: [UInt8]?
    func give(_ line: ArraySlice<UInt8>) throws {
      let end = line.last == UInt8(ascii: "\n") ? 1 : 0
      let inner = line.dropLast(end)
      if case .fields(let fields) = form, header == nil { header = fields.header ?? Array(inner) }
      if let scrubbed = scrubbed(inner, header) {
        try body((scrubbed + line.suffix(end))[...], true)
      } else {
        try body(line, false)
      }
    }
    while let piece = try bytes.next() {
      rest += piece
      var start = 0
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        // A field in quotes may hold the end of a line.
        if case .fields(let fields) = form, fields.isOpen(rest[start...end]) {
          guard let next = fields.end(of: rest, from: start) else { break }
          try give(rest[start...next])
          start = next + 1
          continue
        }
        try give(rest[start...end])
        start = end + 1
      }
      rest.removeFirst(start)
    }
    if !rest.isEmpty { try give(rest[...]) }
  }

  private func scrubbed(_ line: ArraySlice<UInt8>, _ header: [UInt8]?) -> [UInt8]? {
    guard records.occurs(in: line) else { return nil }
    switch form {
    case .records: return records.scrubbed(line)
    case .fields(let fields): return fields.scrubbed(line, header: header ?? [])
    case .text: return work.scrub.scrubbed(line)?.bytes
    }
  }
}
