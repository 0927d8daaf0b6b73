import Columnar
import Core

/// What an expression gave for each entry of a dictionary, so that it is not computed row by row.
/// While the dictionary grows only what is new in it is computed.
struct DictionaryMemo {
  private var dictionary: ByteDictionary?
  private var answers: Answers?

  /// `compute` of `column`, computed over its dictionary; nil when it has none, when that does not
  /// pay, or when an entry fails that perhaps no row uses.
  mutating func apply(_ column: Column, _ compute: (Column) throws -> Column) -> Column? {
    guard case .dictionary(let codes, let dictionary) = column.values else { return nil }
    if self.dictionary !== dictionary {
      var known = 0
      if let last = self.dictionary, last.begins(dictionary) { known = last.values.count }
      guard dictionary.values.count - known <= 4 * max(column.count, 16) else { return nil }
      remember(dictionary, column.type, after: known, compute)
    }
    return answers?.column(codes, column.validity)
  }

  private mutating func remember(
    _ dictionary: ByteDictionary, _ type: DataType, after known: Int,
    _ compute: (Column) throws -> Column
  ) {
    self.dictionary = dictionary
    let count = dictionary.values.count
    let all = Column(type, count: count, .bytes(dictionary.values))
    do {
      if known == 0 {
        answers = Answers(null: try compute(.nulls(type, count: 1)).flattened())
      }
      guard known < count, answers != nil else { return }
      try answers?.append(compute(all.slice(known..<count)).flattened())
    } catch {
      answers = nil
    }
  }
}

/// An expression's result for NULL, and for each entry of a dictionary in turn.
private struct Answers {
  private let null: Column
  /// Results that are text: NULL's, then those of the entries. Others: the entries', then NULL's.
  private var results: Column
  /// The text results as a dictionary that grows too.
  private var dictionary: ByteDictionary?
  private let growth = ByteDictionary.Growth()
  /// Whether every entry gave the same truth value.
  private var truth: Bool?

  init(null: Column) {
    self.null = null
    results = null
    noteResults()
  }

  mutating func append(_ fresh: Column) throws(Fault) {
    if dictionary != nil {
      results = try Column.concatenating(null.type, [results, fresh])
    } else {
      let known = results.slice(0..<(results.count - 1))
      results = try Column.concatenating(null.type, [known, fresh, null])
    }
    noteResults()
  }

  private mutating func noteResults() {
    switch results.values {
    case .bytes(let runs): dictionary = ByteDictionary(runs, stageOf: growth)
    case .boolean(let values):
      let entries = values.dropLast()
      let isCertain = results.validity == nil || results.nullCount == 1 && null.isNull(0)
      let isUniform = isCertain && entries.allSatisfy { $0 == entries[0] }
      truth = isUniform ? entries.first : nil
    default: break
    }
  }

  /// The results of rows that have these codes.
  func column(_ codes: [Int32], _ validity: Bitmap?) -> Column {
    if let dictionary {
      let places = places(codes, validity, base: 1, null: 0)
      return Column(
        results.type, count: codes.count,
        validity: results.validity?.taking(places).unlessAllSet,
        .dictionary(codes: places, dictionary: dictionary))
    }
    if let truth, validity == nil {
      return Column(
        results.type, count: codes.count, .boolean([Bool](repeating: truth, count: codes.count)))
    }
    return results.taking(places(codes, validity, base: 0, null: Int32(results.count - 1)))
  }

  private func places(
    _ codes: [Int32], _ validity: Bitmap?, base: Int32, null: Int32
  ) -> [Int32] {
    // A code under a NULL may be any.
    if let validity { return fillRows(codes.count) { validity[$0] ? codes[$0] &+ base : null } }
    return base == 0 ? codes : mapRows(codes) { $0 &+ base }
  }
}
