import Columnar
import Core
import Delta

/// Changes that lately came, by key: those of which a key may still come again within seconds, so
/// that what comes twice is seen before it is written.
struct DedupWindow {
  /// What becomes of a change.
  enum Fate: UInt8 {
    /// The only change of its key so far.
    case fresh
    /// Its key must be resolved.
    case contested
    /// It says what another said.
    case repeated
  }

  /// Some changes, in order of arrival.
  struct Piece {
    /// The changes as they came.
    var rows: Batch
    var hashes: [UInt64]
    /// The order of the first row's arrival.
    var firstArrival: Int64
    /// The number of the first row in the window.
    var start: Int
    /// The columns by which rows are compared.
    var compared: Batch
    /// For each row the order of arrival of its unit; empty where each row is one.
    var units: [Int64] = []
  }

  private(set) var pieces: [Piece] = []
  private(set) var rowCount = 0
  private var fates: [Fate] = []
  /// Whether a row is of the unit of the row before it.
  private var continues: [Bool] = []
  private var hashes: [UInt64] = []
  /// Row numbers plus one; 0 is free. As many as a power of two.
  private var slots: [Int32]
  /// The hashes are those of a known function: who knows it must not know their slots.
  private let seed = HashSeed.ofProcess

  /// A window for about `capacity` rows.
  init(capacity: Int) {
    var count = 64
    while count < capacity * 2 { count *= 2 }
    slots = [Int32](repeating: 0, count: count)
  }

  /// Takes up changes whose fates follow; tells the number of the first.
  mutating func begin(
    _ rows: Batch, _ hashes: [UInt64], arrival: Int64, compared: Batch, units: [Int64] = []
  ) -> Int {
    let start = rowCount
    pieces.append(
      Piece(
        rows: rows, hashes: hashes, firstArrival: arrival, start: start, compared: compared,
        units: units))
    rowCount += rows.rowCount
    self.hashes += hashes
    fates.reserveCapacity(rowCount)
    while rowCount * 2 > slots.count { grow() }
    return start
  }

  /// Decides on the next row, which is known by its key from here on if that is new.
  mutating func append(_ fate: Fate, as number: Int, slot: Int?) {
    fates.append(fate)
    continues.append(false)
    if let slot { slots[slot] = Int32(number + 1) }
  }

  /// Decides on the next rows, a unit from number on, which is known by its key if that is new.
  mutating func append(_ fate: Fate, as number: Int, count: Int, slot: Int?) {
    append(fate, as: number, slot: slot)
    for _ in 1..<max(1, count) {
      fates.append(fate)
      continues.append(true)
    }
  }

  /// The rows of the unit that begins at `number`.
  func unit(at number: Int) -> Range<Int> {
    var end = number + 1
    while end < continues.count, continues[end] { end += 1 }
    return number..<end
  }

  /// The first row with a hash, or the free slot for it.
  func find(_ hash: UInt64) -> (number: Int?, slot: Int) {
    var slot = Int(truncatingIfNeeded: seed.hash(of: hash)) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot] - 1)
      if hashes[number] == hash { return (number, slot) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return (nil, slot)
  }

  func fate(of number: Int) -> Fate { fates[number] }

  mutating func contest(_ number: Int) { fates[number] = .contested }

  /// Whether row `number` says the same as row `row` of `other`.
  func says(_ number: Int, sameAs row: Int, of other: Batch) -> Bool {
    let piece = pieces[pieceIndex(of: number)]
    return RowComparison(piece.compared, other).areEqual(number - piece.start, row)
  }

  /// The rows of a piece with `fate`.
  func rows(_ piece: Piece, _ fate: Fate) -> [Int32] {
    (0..<piece.rows.rowCount).filter { fates[piece.start + $0] == fate }.map(Int32.init)
  }

  private func pieceIndex(of number: Int) -> Int {
    var low = 0
    var high = pieces.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if pieces[middle].start <= number { low = middle } else { high = middle }
    }
    return low
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 2)
    for number in fates.indices {
      let (known, slot) = find(hashes[number])
      if known == nil { slots[slot] = Int32(number + 1) }
    }
  }
}
