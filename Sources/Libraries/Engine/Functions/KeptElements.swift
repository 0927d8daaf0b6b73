import Columnar

/// `array_compact` and `array_distinct`: which elements of each array stay, found for all rows of a
/// column at once. Where all stay, as they mostly do, the column itself is the answer.
extension FunctionCatalog {
  static let elementKeepers: [(String, ScalarBinding)] = [
    ("array_compact", keeping("array_compact", presentElements)),
    ("array_distinct", keeping("array_distinct", firstsOfEach)),
  ]

  /// Says of each element of a list column whether it stays; nil when all do.
  private typealias Choice = @Sendable (_ lists: Column) -> [Bool]?

  private static func keeping(_ name: String, _ choice: @escaping Choice) -> ScalarBinding {
    ScalarBinding(.takes(.array)) { arguments in
      let type = arguments[0].type
      return ScalarFunction(name, [type], type, isTotal: true) { columns, count, _ in
        guard let kept = choice(columns[0]) else { return columns[0] }
        var places: [Int32] = []
        let ends = fillRows(count) { row -> Int32 in
          for place in columns[0].listRange(row) where kept[place] { places.append(Int32(place)) }
          return Int32(places.count)
        }
        return Column(
          type, count: count, validity: columns[0].validity,
          .list(offsets: [0] + ends, elements: columns[0].listElements.taking(places)))
      }
    }
  }

  @Sendable private static func presentElements(_ lists: Column) -> [Bool]? {
    guard let present = lists.listElements.validity, !present.isAllSet else { return nil }
    return fillRows(lists.listElements.count) { present[$0] }
  }

  /// The first of equal elements stays, and the first NULL.
  @Sendable private static func firstsOfEach(_ lists: Column) -> [Bool]? {
    let elements = lists.listElements
    switch elements.values {
    case .int32(let values): return firstsOfEach(lists) { values[$0] }
    case .int64(let values): return firstsOfEach(lists) { values[$0] }
    case .int128(let values): return firstsOfEach(lists) { values[$0] }
    default: return firstsOfEach(lists) { elements.scalar(at: $0) }
    }
  }

  private static func firstsOfEach<Value: Hashable>(
    _ lists: Column, _ value: (Int) -> Value
  ) -> [Bool]? {
    let elements = lists.listElements
    let present = elements.hasNulls ? elements.validity : nil
    var kept: [Bool]?
    func drop(_ place: Int) {
      if kept == nil { kept = [Bool](repeating: true, count: elements.count) }
      kept?[place] = false
    }
    for row in 0..<lists.count {
      let range = lists.listRange(row)
      guard range.count > 1 else { continue }
      if range.count <= fewElements, present == nil {
        for place in range.dropFirst() {
          let own = value(place)
          if (range.lowerBound..<place).contains(where: { value($0) == own }) { drop(place) }
        }
        continue
      }
      var seen: Set<Value> = []
      var sawNull = false
      for place in range {
        let isNull = !(present?[place] ?? true)
        let isNew = isNull ? !sawNull : seen.insert(value(place)).inserted
        if isNull { sawNull = true }
        if !isNew { drop(place) }
      }
    }
    return kept
  }

  /// So many are compared with each other faster than they are hashed.
  private static let fewElements = 12
}
