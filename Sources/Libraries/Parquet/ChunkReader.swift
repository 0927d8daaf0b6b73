import Columnar
import Core

/// Levels of some whole records, and the values that are there, end to end.
struct LeafRun {
  /// Empty when the leaf's definition level is 0.
  var definitions: [UInt8]
  /// Empty when nothing repeats above the leaf.
  var repetitions: [UInt8]
  /// Entries, NULLs among them.
  var count: Int
  var values: Column
}

/// Reads a column chunk some rows at a time, across page borders.
final class ChunkReader {
  /// Entries past which a batch of nested rows is more than a run may take: levels and a value.
  private static let greatestRun = PieceLimit.byteCount / 16

  let leaf: LeafColumn
  private let pages: PageReader
  private var page: DataPage?
  /// Values, NULLs among them, of `page` whose levels are not decoded.
  private var pageLeft = 0
  /// Levels decoded and not yet given, all of `page`.
  private var definitions: ArraySlice<UInt8> = []
  private var repetitions: ArraySlice<UInt8> = []

  init(_ pages: PageReader, _ leaf: LeafColumn) {
    self.pages = pages
    self.leaf = leaf
  }

  /// Where in the chunk the next page starts, for messages.
  var position: Int { pages.position }

  /// The next values of a column that is a leaf itself: `count` of them, or fewer, but at least
  /// one, when they have more than `textLimit` bytes of text.
  func column(_ count: Int, textLimit: Int) throws(Damage) -> Column {
    var parts: [Column] = []
    var done = 0
    var textLeft = textLimit
    while done < count {
      try turnPage()
      let most = min(count - done, pageLeft)
      let fitting = page!.values.fitting(most, in: textLeft)
      guard fitting > 0 || done == 0 else { break }
      let some = max(1, fitting)
      let part = try part(some)
      parts.append(part)
      pageLeft -= some
      done += some
      textLeft = max(0, textLeft - textByteCount(part))
    }
    return try joined(parts)
  }

  /// How many bytes of text a part of the page has, or would have if its texts were copied.
  private func textByteCount(_ part: Column) -> Int {
    switch part.values {
    case .bytes(let runs): runs.bytes.count
    case .dictionary(let codes, _): codes.count * page!.values.longest
    default: 0
    }
  }

  private func part(_ count: Int) throws(Damage) -> Column {
    guard leaf.definition > 0 else {
      return Column(leaf.type, count: count, try values(count))
    }
    var builder = BitmapBuilder(capacity: count)
    try page!.definitions!.decodeBits(count, into: &builder)
    let rows = builder.finish()
    let present = rows.setCount
    let values = try values(present)
    if present == count { return Column(leaf.type, count: count, values) }
    return Column(leaf.type, count: count, validity: rows, spread(values, over: rows))
  }

  /// The next `count` values of the page that are there.
  private func values(_ count: Int) throws(Damage) -> Column.Values {
    guard leaf.conversion == .nothing else { return try page!.values.next(count) }
    guard count == 0 else { throw Damage("a column of null type has a value") }
    return .boolean([])
  }

  /// The levels and values of the next `count` records.
  func run(_ count: Int) throws(Damage) -> LeafRun {
    var run = LeafRun(
      definitions: [], repetitions: [], count: 0, values: .nulls(leaf.type, count: 0))
    var parts: [Column] = []
    var records = 0
    var textByteCount = 0
    while true {
      if leaf.repetition == 0, records == count { break }
      if levelsLeft == 0 {
        if pageLeft == 0, pages.valuesLeft == 0 {
          guard records == count else { throw Damage("a column chunk has too few rows") }
          break
        }
        try decodeLevels()
      }
      guard run.count <= ChunkReader.greatestRun else {
        throw .tooLarge("some rows have more than \(ChunkReader.greatestRun) elements")
      }
      let taken = try countRecords(upTo: count, &records)
      if taken == 0 { break }
      let present = takeLevels(taken, &run)
      parts.append(Column(leaf.type, count: present, try values(present)))
      if case .bytes(let runs) = parts[parts.count - 1].values {
        textByteCount += runs.bytes.count
        guard textByteCount <= PieceLimit.byteCount else {
          throw .tooLarge("some rows have more than \(PieceLimit.byteCount) bytes of text")
        }
      }
    }
    run.values = try joined(parts)
    return run
  }

  /// The parts as one column; refused where their text is more than a column holds.
  private func joined(_ parts: [Column]) throws(Damage) -> Column {
    if parts.count == 1 { return parts[0] }
    var byteCount = 0
    for part in parts {
      if case .bytes(let runs) = part.values { byteCount += runs.bytes.count }
    }
    // Dictionaries are copied out only beside plain pages.
    for part in parts where byteCount > 0 {
      guard case .dictionary(let codes, let dictionary) = part.values else { continue }
      let offsets = dictionary.values.offsets
      for code in codes where Int(code) < dictionary.values.count {
        byteCount += Int(offsets[Int(code) + 1] - offsets[Int(code)])
      }
    }
    let tooMuch = Damage.unsupported("a batch has more than 2 GiB of text in one column")
    guard byteCount <= Int(Int32.max) else { throw tooMuch }
    do { return try Column.concatenating(leaf.type, parts) } catch { throw tooMuch }
  }

  private var levelsLeft: Int {
    leaf.definition > 0 ? definitions.count : leaf.repetition > 0 ? repetitions.count : pageLeft
  }

  /// How many of the decoded levels belong to the first `count` records; `records` counts them.
  private func countRecords(upTo count: Int, _ records: inout Int) throws(Damage) -> Int {
    guard leaf.repetition > 0 else {
      let taken = min(levelsLeft, count - records)
      records += taken
      return taken
    }
    guard records > 0 || repetitions.first == 0 else {
      throw Damage("a column chunk starts inside a row")
    }
    var taken = 0
    for level in repetitions {
      if level == 0 {
        if records == count { break }
        records += 1
      }
      taken += 1
    }
    return taken
  }

  /// Moves `count` decoded levels to `run` and gives how many values they have.
  private func takeLevels(_ count: Int, _ run: inout LeafRun) -> Int {
    run.count += count
    if leaf.repetition > 0 {
      run.repetitions.append(contentsOf: repetitions.prefix(count))
      repetitions = repetitions.dropFirst(count)
    }
    guard leaf.definition > 0 else {
      if leaf.repetition == 0 { pageLeft -= count }
      return count
    }
    let taken = definitions.prefix(count)
    run.definitions.append(contentsOf: taken)
    definitions = definitions.dropFirst(count)
    let full = UInt8(leaf.definition)
    return taken.withUnsafeBufferPointer { $0.reduce(0) { $0 + ($1 == full ? 1 : 0) } }
  }

  private func decodeLevels() throws(Damage) {
    try turnPage()
    if leaf.definition == 0, leaf.repetition == 0 { return }
    let count = min(pageLeft, Batch.standardRowCount)
    if leaf.repetition > 0 {
      repetitions = try decoded(&page!.repetitions!, count, greatest: leaf.repetition)[...]
    }
    if leaf.definition > 0 {
      definitions = try decoded(&page!.definitions!, count, greatest: leaf.definition)[...]
    }
    pageLeft -= count
  }

  private func decoded(
    _ decoder: inout RunLengthDecoder, _ count: Int, greatest: Int
  ) throws(Damage) -> [UInt8] {
    var damage: Damage?
    let levels = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      do throws(Damage) {
        try decoder.decode(count, into: target.baseAddress!)
        filled = count
      } catch {
        damage = error
        filled = 0
      }
    }
    if let damage { throw damage }
    guard levels.allSatisfy({ $0 <= greatest }) else {
      throw Damage("a level is greater than \(greatest)")
    }
    return levels
  }

  /// Opens the next page when the one at hand is used up.
  private func turnPage() throws(Damage) {
    guard pageLeft == 0 else { return }
    guard let next = try pages.next() else { throw Damage("a column chunk has too few rows") }
    page = next
    pageLeft = next.valueCount
  }
}
