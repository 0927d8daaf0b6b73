import Core

/// What the plan of one query may grow to. A common table, a view or a name of the select list
/// stands in the plan once for each time it is read, so that a short text can mean a plan which no
/// machine holds.
final class PlanBudget {
  /// How many steps a plan may have, that of each common table by itself too.
  static let stepCount = 50_000
  /// How many steps all that common tables and views stand for may have together, read or not.
  static let totalStepCount = 5_000_000
  /// How many steps of common tables and views may stand on one another.
  static let height = 2_000
  /// How many parts may stand in expressions for what is written once.
  static let partCount = 500_000
  /// How many subqueries the expressions of a query may have; each becomes a join.
  static let subqueryCount = 500

  private var stepCount = 0
  private var totalStepCount = 0
  private var partCount = 0
  private var subqueryCount = 0
  private var seen: Set<String> = []
  /// What was read more than once, in the order of the second readings.
  private var repeated: [String] = []

  /// Notes a step that the text itself has.
  func addStep(at place: Place) throws(Fault) { try add(1, at: place) }

  /// Notes that the common table or view `name` stands here once more.
  func add(_ size: TreeSize, of name: String, at place: Place) throws(Fault) {
    if !seen.insert(name).inserted, !repeated.contains(name) { repeated.append(name) }
    guard size.height <= PlanBudget.height else {
      throw Fault(
        .configuration, at: place,
        "'\(name)' stands on more than \(PlanBudget.height) steps of common tables and views",
        remedy: "write one of those in the middle into a table")
    }
    try add(size.count, at: place)
  }

  /// Binds what stands in no plan before it is read.
  func apart(_ bind: () throws -> LogicalPlan) rethrows -> LogicalPlan {
    let outside = stepCount
    stepCount = 0
    defer { stepCount = outside }
    return try bind()
  }

  private func add(_ steps: Int, at place: Place) throws(Fault) {
    stepCount += steps
    totalStepCount += steps
    let isTooMuch = totalStepCount > PlanBudget.totalStepCount
    guard isTooMuch || stepCount > PlanBudget.stepCount else { return }
    let names = repeated.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    let more = repeated.count > 8 ? " and \(repeated.count - 8) more" : ""
    throw Fault(
      .configuration, at: place,
      (isTooMuch
        ? "the plans of common tables have more than \(PlanBudget.totalStepCount) steps"
        : "the plan has more than \(PlanBudget.stepCount) steps")
        + (names.isEmpty ? "" : ", as \(names)\(more) are read several times"),
      remedy: "read each of them once, or write one in the middle into a table")
  }

  /// Notes that a name of the select list stands for `size` here.
  func addAlias(_ name: String, _ size: TreeSize, at place: Place) throws(Fault) {
    try addParts(size.count, at: place)
    guard size.height > Expression.maximumHeight / 2 else { return }
    throw Fault(
      .configuration, at: place,
      "'\(name)' stands for too much, as each name of the select list holds those before it",
      remedy: "compute some of them in a common table")
  }

  /// Notes that so many parts stand for what is written once, as the operand of BETWEEN stands for
  /// both its ends.
  func addParts(_ count: Int, at place: Place) throws(Fault) {
    partCount += count
    guard partCount > PlanBudget.partCount else { return }
    throw Fault(
      .configuration, at: place,
      "expressions that are written once stand for more than \(PlanBudget.partCount) parts",
      remedy: "compute what is used several times in a common table")
  }

  /// Notes a subquery, or a generator, in an expression.
  func addSubquery(at place: Place) throws(Fault) {
    subqueryCount += 1
    guard subqueryCount > PlanBudget.subqueryCount else { return }
    throw Fault(
      .configuration, at: place,
      "more than \(PlanBudget.subqueryCount) subqueries in expressions of one query",
      remedy: "join some of them in FROM")
  }
}
