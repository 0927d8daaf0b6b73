import Columnar

/// How many elements come with a row that is taken more than once. A join and a generator repeat
/// rows, and a window picks one row for many others; text is then shared, but lists are copied. Who
/// repeats rows asks here, so that what a few wide ones become stays within bounds.
struct ListRoom {
  /// So many elements come out in one batch; a row with more comes alone.
  static let elementCount = 1 << 22

  private let columns: [Column]

  /// The room that rows of `columns` take.
  init(of columns: [Column]) { self.columns = columns.filter(\.holdsLists) }

  /// Whether rows have lists at all.
  var isTaken: Bool { !columns.isEmpty }

  /// The elements of one row, those of lists in its lists too.
  func elementCount(of row: Int) -> Int {
    columns.reduce(0) { $0 + $1.elementCount(of: row..<row + 1) }
  }

  /// Refuses to pick `rows`, of which negative ones are none, without room for their lists.
  func check(picking rows: [Int32], _ name: String, _ context: EvaluationContext) throws {
    guard isTaken else { return }
    let meter = GrowthMeter(name, context)
    for row in rows where row >= 0 { try meter.take(elementCount(of: Int(row)), of: 8) }
  }
}

extension Column {
  fileprivate var holdsLists: Bool {
    switch values {
    case .list: true
    case .structure(let members): members.contains(where: \.holdsLists)
    default: false
    }
  }

  /// Offsets of consecutive rows are consecutive, so that a range is as quick as a row.
  fileprivate func elementCount(of rows: Range<Int>) -> Int {
    switch values {
    case .list(let offsets, let elements):
      let range = Int(offsets[rows.lowerBound])..<Int(offsets[rows.upperBound])
      return range.count + elements.elementCount(of: range)
    case .structure(let members): return members.reduce(0) { $0 + $1.elementCount(of: rows) }
    default: return 0
    }
  }
}
