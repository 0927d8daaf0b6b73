import Columnar

/// What a function gave for each entry of a dictionary, so that it is not asked again row by row.
struct DictionaryMemo {
  private enum Answer {
    /// One result an entry, and one for NULL behind them.
    case results(Column)
    /// An entry fails that perhaps no row uses.
    case failure
  }

  private var dictionary: ByteDictionary?
  private var answer = Answer.failure
  /// The results as a dictionary of their own, when they are text.
  private var resultDictionary: ByteDictionary?

  /// `compute` of `column`, computed over its dictionary; nil when it has none, when that does not
  /// pay, or when an entry fails.
  mutating func apply(_ column: Column, _ compute: (Column) throws -> Column) -> Column? {
    guard case .dictionary(let codes, let dictionary) = column.values else { return nil }
    if self.dictionary !== dictionary {
      guard dictionary.values.count <= 4 * max(column.count, 16) else { return nil }
      remember(dictionary, column.type, compute)
    }
    guard case .results(let results) = answer else { return nil }
    let null = Int32(results.count - 1)
    let places: [Int32]
    if let validity = column.validity {
      places = fillRows(codes.count) { validity[$0] ? codes[$0] : null }
    } else {
      places = codes
    }
    guard let resultDictionary else { return results.taking(places) }
    return Column(
      results.type, count: column.count, validity: results.validity?.taking(places).unlessAllSet,
      .dictionary(codes: places, dictionary: resultDictionary))
  }

  private mutating func remember(
    _ dictionary: ByteDictionary, _ type: DataType, _ compute: (Column) throws -> Column
  ) {
    var entries = dictionary.values
    entries.append([])
    var valid = Bitmap(repeating: true, count: entries.count)
    valid.set(entries.count - 1, false)
    let column = Column(type, count: entries.count, validity: valid, .bytes(entries))
    self.dictionary = dictionary
    resultDictionary = nil
    guard let results = try? compute(column).flattened() else {
      answer = .failure
      return
    }
    if case .bytes(let runs) = results.values { resultDictionary = ByteDictionary(runs) }
    answer = .results(results)
  }
}
