import LakeJobs

/// How well labels are found, tried on made-up people of six languages, with columns beside that
/// look like what they are not; once with the columns' names, and once without.
package struct ClassifierRehearsal: Sendable {
  /// How often a label was right, was given wrongly, and was not found.
  package struct Score: Sendable {
    package fileprivate(set) var right = 0
    package fileprivate(set) var wrong = 0
    package fileprivate(set) var missed = 0

    /// Of those given, the share that is right.
    package var precision: Double { right + wrong == 0 ? 1 : Double(right) / Double(right + wrong) }
    /// Of those that there are, the share that was found.
    package var recall: Double { right + missed == 0 ? 1 : Double(right) / Double(right + missed) }
  }

  /// What is expected of each label, and of all together.
  package static let least = 0.95

  /// By label, and of all together.
  package private(set) var scores: [String: Score] = [:]
  package private(set) var total = Score()
  /// How many columns were looked at, and how many of them hold nothing of people.
  package private(set) var columnCount = 0
  package private(set) var decoyCount = 0
  /// Columns that were taken for something else than they are.
  package private(set) var mistakes: [String] = []

  /// Tries `rounds` times six tables of `rowCount` rows, made of `seed`.
  package init(seed: UInt64, rounds: Int = 2, rowCount: Int = 150) {
    let classifier = TableClassifier(year: 2026.5)
    for round in 0..<rounds {
      for (number, locale) in PeopleLocale.all.enumerated() {
        let mixed = seed &* 1_000 &+ UInt64(round * 10 + number)
        let table = MadeUpTable(
          locale, rowCount: rowCount, seed: mixed, hidesNames: !round.isMultiple(of: 2))
        add(table, classifier.findings(table.columns.map(\.sample)))
      }
    }
  }

  /// Whether each label is found often enough, and given wrongly seldom enough.
  package var isGood: Bool {
    (Array(scores.values) + [total]).allSatisfy {
      $0.precision >= Self.least && $0.recall >= Self.least
    }
  }

  private mutating func add(
    _ table: MadeUpTable, _ findings: [(column: String, findings: [ColumnFinding])]
  ) {
    for column in table.columns {
      columnCount += 1
      if column.label == nil { decoyCount += 1 }
      let found = findings.first { $0.column == column.sample.name }?.findings ?? []
      score(Set(found.map(\.label)), column, "\(table.locale) \(column.sample.name)")
    }
  }

  private mutating func score(
    _ found: Set<String>, _ column: MadeUpTable.Column, _ name: String
  ) {
    func count(_ label: String, _ field: WritableKeyPath<Score, Int>) {
      scores[label, default: Score()][keyPath: field] += 1
      total[keyPath: field] += 1
    }
    if let label = column.label { count(label, found.contains(label) ? \.right : \.missed) }
    for label in found where label != column.label { count(label, \.wrong) }
    if found != Set([column.label].compactMap { $0 }) {
      let taken = found.sorted().joined(separator: ", ")
      mistakes.append(
        "\(name): \(column.label ?? Label.none), taken for \(taken.isEmpty ? Label.none : taken)")
    }
  }
}
