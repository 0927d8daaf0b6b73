import Columnar

/// The distinct arguments of each group.
///
/// Arguments are numbered from 0. The first 64 have a bit in a word a group; of any other the first
/// group that had it is remembered, since most values (a receipt's number) belong to one group;
/// only what several groups share goes into a table of pairs.
struct DistinctRows {
  /// Groups and arguments in order of arrival, for another state to take in.
  private(set) var pieces: [(groups: [Int32], columns: [Column])] = []
  private let keepsPieces: Bool
  private var values: ValueNumbers
  private var masks: [UInt64] = []
  private var owners: [Int32] = []
  private var pairs = KeyTable(width: 1)

  init(_ types: [DataType], keepsPieces: Bool) {
    values = ValueNumbers(types)
    self.keepsPieces = keepsPieces
  }

  /// Bytes held, about; pieces aside.
  var byteCount: Int {
    values.byteCount + masks.count * 8 + owners.count * 4 + pairs.byteCount
  }

  /// The rows that were not there before; nil when there is none.
  mutating func new(
    _ groups: [Int32], _ groupCount: Int, _ columns: [Column]
  ) -> (groups: [Int32], columns: [Column])? {
    let numbers = values.numbers(columns, count: groups.count)
    grow(&masks, to: groupCount, 0)
    grow(&owners, to: values.count, -1)
    var (newRows, shared) = unseen(groups, numbers)
    if !shared.isEmpty {
      let words = mapRows(shared) { row in
        UInt64(UInt32(bitPattern: groups[Int(row)])) << 32
          | UInt64(UInt32(bitPattern: numbers[Int(row)]))
      }
      let found = pairs.adding(words, rowCount: shared.count).newRows
      if !found.isEmpty {
        newRows += mapRows(found) { shared[Int($0)] }
        newRows.sort()
      }
    }
    if newRows.isEmpty { return nil }
    let piece = (mapRows(newRows) { groups[Int($0)] }, columns.map { $0.taking(newRows) })
    if keepsPieces { pieces.append(piece) }
    return piece
  }

  /// The rows that are surely new, and those of values that other groups have too.
  private mutating func unseen(
    _ groups: [Int32], _ numbers: [Int32]
  ) -> (newRows: [Int32], shared: [Int32]) {
    var newRows: [Int32] = []
    var shared: [Int32] = []
    for row in 0..<groups.count {
      let (group, number) = (Int(groups[row]), Int(numbers[row]))
      if number < 64 {
        let bit: UInt64 = 1 << UInt64(number)
        if masks[group] & bit == 0 {
          masks[group] |= bit
          newRows.append(Int32(row))
        }
      } else if owners[number] < 0 {
        owners[number] = groups[row]
        newRows.append(Int32(row))
      } else if owners[number] != groups[row] {
        shared.append(Int32(row))
      }
    }
    return (newRows, shared)
  }
}

/// Numbers for rows of some columns: equal rows get one number, counted from 0.
private struct ValueNumbers {
  private var encoder: KeyEncoder
  private var cache: DictionaryNumbers
  private var table: KeyTable
  /// One column of text, which the encoder numbers already.
  private let isText: Bool

  init(_ types: [DataType]) {
    encoder = KeyEncoder(types)
    cache = DictionaryNumbers(columnCount: types.count)
    table = KeyTable(width: encoder.width)
    isText = types.count == 1 && types[0].layout == .bytes
  }

  var count: Int { isText ? encoder.internedCount(0) + 1 : table.count }

  var byteCount: Int { encoder.byteCount + table.byteCount }

  mutating func numbers(_ columns: [Column], count: Int) -> [Int32] {
    guard isText else {
      let words = encoder.words(columns, count: count, adding: true, &cache)
      return table.adding(words, rowCount: count).numbers
    }
    let numbers = encoder.numbers(columns[0], 0, adding: true, &cache)
    return mapRows(numbers) { $0 == KeyEncoder.nullNumber ? 0 : $0 + 1 }
  }
}
