import Columnar
import Core
import Database

/// Which stored rows a delivery speaks for, as a condition on the fact `f`.
struct FactScope {
  private let loader: FactLoader
  private let lookups: [LookupColumn]
  private let staging: Staging

  init(_ loader: FactLoader, _ lookups: [LookupColumn], _ staging: Staging) {
    self.loader = loader
    self.lookups = lookups
    self.staging = staging
  }

  /// Nil when the delivery speaks for its own rows only.
  func condition(_ scope: LoadScope) throws(Fault) -> String? {
    if loader.fact.absence == .keep { return nil }
    switch scope {
    case .keys: return nil
    case .partitions(let column, let values):
      return try partitions(loader.table.spelled(column), values)
    case .all:
      guard loader.fact.update == .snapshot else { return "true" }
      let column = loader.load.quoted(loader.fact.snapshotColumn ?? "")
      try makeIndex(on: loader.fact.snapshotColumn ?? "")
      return "f.\(column) IN (SELECT \(column) FROM \(loader.load.quoted(staging.name)))"
    }
  }

  private func partitions(_ column: String, _ values: [Scalar]) throws(Fault) -> String {
    if loader.columns.contains(column) {
      try makeIndex(on: column)
      return condition(on: column, values)
    }
    let only = lookups.first {
      $0.lookup.naturalColumns == [column] && $0.lookup.asOf == nil
        && $0.lookup.invalidColumn == nil
    }
    guard let only, !(try hasHistory(only.lookup.dimension)) else {
      throw Fault(
        .configuration, at: loader.table.place,
        "\(loader.table.name) does not store the partition column \(column)",
        remedy: "name it in 'keep'")
    }
    try makeIndex(on: only.lookup.column)
    return try condition(on: only, values)
  }

  /// Partitions of a column of which only the foreign key is stored.
  private func condition(on lookup: LookupColumn, _ values: [Scalar]) throws(Fault) -> String {
    var keys: Set<Int64> = []
    var unknown: [String] = []
    if lookup.index.isToLearn { try learn(values, lookup.index) }
    for value in values {
      guard !value.isNull else {
        keys.insert(lookup.lookup.nullKey)
        continue
      }
      let text = text(value)
      let key = try surrogate(of: text, value, lookup.index)
      if key != ReservedKey.unknown {
        keys.insert(key)
      } else if text.allSatisfy(\.isWhitespace) {
        keys.insert(lookup.lookup.blankKey)
      } else {
        unknown.append(text)
      }
    }
    let column = "f.\(loader.load.quoted(lookup.lookup.column))"
    let known = "\(column) IN (\(keys.sorted().map(String.init).joined(separator: ", ")))"
    guard !unknown.isEmpty else { return known }
    let texts = unknown.map(loader.load.dialect.literal).joined(separator: ", ")
    return """
      \(known) OR (\(column) = \(ReservedKey.unknown)
        AND f.\(loader.load.quoted(loader.idColumn)) IN (
        SELECT fact_id FROM _waiting WHERE fact = \(loader.load.dialect.literal(loader.table.name))
          AND column_name = \(loader.load.dialect.literal(lookup.lookup.column))
          AND natural_key IN (\(texts))))
      """
  }

  private func condition(on column: String, _ values: [Scalar]) -> String {
    let quoted = "f.\(loader.load.quoted(column))"
    let literals = values.filter { !$0.isNull }.map { value in
      if case .integer(let number) = value { return String(number) }
      if case .boolean(let flag) = value { return loader.load.dialect.flag(flag) }
      return loader.load.dialect.literal(text(value))
    }
    let list = "\(quoted) IN (\(literals.joined(separator: ", ")))"
    return values.contains(.null) ? "\(list) OR \(quoted) IS NULL" : list
  }

  private func text(_ value: Scalar) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .boolean(let flag): flag ? "1" : "0"
    case .date(let date): date.description
    case .timestamp(let moment): ValueText.text(instant: moment)
    case .decimal(let number): number.description
    default: "\(value)"
    }
  }

  private func learn(_ values: [Scalar], _ index: LookupIndex) throws(Fault) {
    var keys: [[UInt8]: [Scalar]] = [:]
    for value in values where !value.isNull { keys[Array(text(value).utf8)] = [value] }
    let unknown = keys.filter { key in
      !key.key.withUnsafeBufferPointer { index.knows($0) }
    }
    try index.learn(unknown.map { (text: $0.key, values: $0.value) })
  }

  private func surrogate(
    of text: String, _ value: Scalar, _ index: LookupIndex
  ) throws(Fault) -> Int64 {
    let found = text.withTextBytes { bytes in
      Result { () throws(Fault) in try index.surrogate(of: bytes, at: nil, [value]) }
    }
    return try found.get()
  }

  private func hasHistory(_ dimension: String) throws(Fault) -> Bool {
    try DimensionShape(dimension, loader.load, for: loader.table.place).hasHistory
  }

  private func makeIndex(on column: String) throws(Fault) {
    try loader.load.database.execute(
      "CREATE INDEX IF NOT EXISTS \(loader.load.quoted("\(loader.table.name)_\(column)")) "
        + "ON \(loader.name) (\(loader.load.quoted(column)))")
  }
}
