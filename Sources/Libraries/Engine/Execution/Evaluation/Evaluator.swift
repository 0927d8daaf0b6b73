package import Columnar
import Core

/// Computes one expression for batches of one input. Used by one thread at a time: it remembers
/// what literals and dictionaries gave.
package final class Evaluator {
  /// The type of what it computes.
  package let type: DataType
  /// Whether no row can make it fail, so that it may be computed for rows that do not need it.
  let isTotal: Bool
  private let form: Form
  private let place: Place?
  private let context: EvaluationContext
  /// If this is an input column, or a member of one: its position, then those of members.
  private let path: [Int]?
  /// The columns and members of columns that the expression reads; only two if there are more.
  private let leaves: [Evaluator]
  /// Whether its value may be computed once for each entry of a dictionary that it reads.
  private let isMemorable: Bool
  private var memo = DictionaryMemo()
  private var constant: Column?
  /// Bytes of the array that it is, if it is one that is written out.
  private let literalByteCount: Int
  /// The items of IN, where they are many that are written out.
  private let literalItems: LiteralItems?

  private enum Form {
    case column(Int)
    case literal(Scalar)
    case call(ScalarFunction, [Evaluator])
    case cast(Evaluator, isTry: Bool)
    case and([Evaluator])
    case or([Evaluator])
    case not(Evaluator)
    case isNull(Evaluator)
    case choice([(condition: Evaluator, result: Evaluator)], otherwise: Evaluator?)
    case coalesce([Evaluator])
    case isIn(Evaluator, [Evaluator])
    case member(Evaluator, Int)
  }

  /// Computes what a query of a run needs.
  package convenience init(_ expression: Expression, _ context: QueryContext) {
    self.init(expression, in: context.evaluation)
  }

  init(_ expression: Expression, in world: EvaluationContext) {
    type = expression.type
    place = expression.place
    context = world.at(expression.place)
    form = Evaluator.form(of: expression, world)
    literalItems = LiteralItems(of: expression)
    literalByteCount = type.layout == .list ? expression.literal?.byteCount ?? 0 : 0
    isTotal = Evaluator.isTotal(form, expression.type)
    path = Evaluator.path(of: form)
    leaves = path == nil ? Evaluator.leaves(of: form) : []
    isMemorable = leaves.count == 1 && expression.isDeterministic
  }

  /// The expression's value for each row of `batch`; faults say where the expression stands.
  package func evaluate(_ batch: Batch) throws -> Column { try evaluate(InputRows(batch)) }

  /// The expression's value for each of `rows`.
  func evaluate(_ rows: InputRows) throws -> Column {
    do {
      if isMemorable, rows.entries == nil {
        let column = try leaves[0].evaluate(rows)
        if let result = memo.apply(column, { try value(InputRows(entries: $0)) }) { return result }
      }
      return try value(rows)
    } catch let fault as Fault {
      throw place.map { fault.placed(at: $0) } ?? fault
    }
  }

  /// The input's column that the expression is, if it is one.
  var columnPosition: Int? { if case .column(let position) = form { position } else { nil } }

  // MARK: Forms

  private static func form(of expression: Expression, _ world: EvaluationContext) -> Form {
    func evaluator(_ expression: Expression) -> Evaluator { Evaluator(expression, in: world) }
    switch expression.kind {
    case .column(let position): return .column(position)
    case .literal(let value): return .literal(value)
    case .call(let function, let arguments):
      let inner = arguments.map(evaluator)
      return function.givesFirstPresent ? .coalesce(inner) : .call(function, inner)
    case .cast(let inner, let isTry): return .cast(evaluator(inner), isTry: isTry)
    case .and(let operands): return .and(operands.map(evaluator))
    case .or(let operands): return .or(operands.map(evaluator))
    case .not(let operand): return .not(evaluator(operand))
    case .isNull(let operand): return .isNull(evaluator(operand))
    case .caseWhen(let branches, let otherwise):
      return .choice(
        branches.map { (evaluator($0.condition), evaluator($0.result)) },
        otherwise: otherwise.map(evaluator))
    case .isIn(let operand, let items): return .isIn(evaluator(operand), items.map(evaluator))
    case .member(let operand, let position): return .member(evaluator(operand), position)
    }
  }

  /// The path of a column, or of a member of one.
  private static func path(of form: Form) -> [Int]? {
    switch form {
    case .column(let position): [position]
    case .member(let operand, let position): operand.path.map { $0 + [position] }
    default: nil
    }
  }

  private static func leaves(of form: Form) -> [Evaluator] {
    var leaves: [Evaluator] = []
    for operand in operands(of: form) {
      for leaf in operand.path == nil ? operand.leaves : [operand]
      where leaves.count < 2 && !leaves.contains(where: { $0.path == leaf.path }) {
        leaves.append(leaf)
      }
    }
    return leaves
  }

  private static func operands(of form: Form) -> [Evaluator] {
    switch form {
    case .column, .literal: []
    case .call(_, let operands), .and(let operands), .or(let operands), .coalesce(let operands):
      operands
    case .cast(let operand, _), .not(let operand), .isNull(let operand), .member(let operand, _):
      [operand]
    case .choice(let branches, let otherwise):
      branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
    case .isIn(let operand, let items): [operand] + items
    }
  }

  private static func isTotal(_ form: Form, _ type: DataType) -> Bool {
    switch form {
    case .column, .literal: true
    case .call(let function, let arguments):
      function.isTotal && arguments.allSatisfy(\.isTotal)
    case .cast(let operand, let isTry):
      operand.isTotal && (isTry || FunctionCatalog.castIsTotal(operand.type, to: type))
    case .and(let operands), .or(let operands), .coalesce(let operands):
      operands.allSatisfy(\.isTotal)
    case .not(let operand), .isNull(let operand), .member(let operand, _): operand.isTotal
    case .choice(let branches, let otherwise):
      branches.allSatisfy { $0.condition.isTotal && $0.result.isTotal }
        && otherwise?.isTotal ?? true
    case .isIn(let operand, let items): operand.isTotal && items.allSatisfy(\.isTotal)
    }
  }

  // MARK: Values

  private func value(_ rows: InputRows) throws -> Column {
    if let entries = rows.entries, path != nil { return entries }
    switch form {
    case .column(let position): return rows.column(position)
    case .literal(let value): return try literal(value, rows.count)
    case .call(let function, let arguments): return try call(function, arguments, rows)
    case .cast(let operand, let isTry): return try cast(operand.evaluate(rows), isTry)
    case .and(let operands): return try conjunction(operands, rows)
    case .or(let operands): return try disjunction(operands, rows)
    case .not(let operand): return Column.not(try operand.evaluate(rows))
    case .isNull(let operand): return Column.isNull(try operand.evaluate(rows))
    case .choice(let branches, let otherwise): return try choose(branches, otherwise, rows)
    case .coalesce(let arguments): return try coalesce(arguments, rows)
    case .isIn(let operand, let items): return try contains(operand, items, rows)
    case .member(let operand, let position):
      return Evaluator.member(try operand.evaluate(rows), position)
    }
  }

  private func literal(_ value: Scalar, _ count: Int) throws -> Column {
    if let constant, constant.count == count { return constant }
    // An array is there once for each row; a text is not.
    if literalByteCount > 1 << 12 {
      try GrowthMeter("array", context.holdingText).take(count, of: literalByteCount)
    }
    let column = Column.constant(value, type, count: count)
    constant = column
    return column
  }

  private func call(
    _ function: ScalarFunction, _ arguments: [Evaluator], _ rows: InputRows
  ) throws -> Column {
    let columns = try arguments.map { try $0.evaluate(rows) }
    try ArgumentColumns(name: function.name, types: function.argumentTypes)
      .check(columns, rowCount: rows.count)
    return try function.evaluate(columns, rows.count, context)
  }

  private func cast(_ column: Column, _ isTry: Bool) throws -> Column {
    if column.type == .string, type == .string { return column }
    return try column.cast(to: type, isTry: isTry, today: context.clock.now.date)
  }

  private static func member(_ column: Column, _ position: Int) -> Column {
    guard case .structure(let members) = column.values else {
      preconditionFailure("a member is of a structure")
    }
    let member = members[position]
    return Column(
      member.type, count: member.count,
      validity: Bitmap.both(column.validity, member.validity), member.values)
  }

  // MARK: Logic

  private func conjunction(_ operands: [Evaluator], _ rows: InputRows) throws -> Column {
    var result = try operands[0].evaluate(rows)
    for operand in operands.dropFirst() {
      guard !operand.isTotal else {
        result = Column.and(result, try operand.evaluate(rows))
        continue
      }
      let open = ~result.falseRows
      if open.setCount == 0 { return result }
      result = Column.and(result, try Evaluator.evaluate(operand, rows, open, elsewhere: true))
    }
    return result
  }

  private func disjunction(_ operands: [Evaluator], _ rows: InputRows) throws -> Column {
    var result = try operands[0].evaluate(rows)
    for operand in operands.dropFirst() {
      guard !operand.isTotal else {
        result = Column.or(result, try operand.evaluate(rows))
        continue
      }
      let open = ~result.trueRows
      if open.setCount == 0 { return result }
      result = Column.or(result, try Evaluator.evaluate(operand, rows, open, elsewhere: false))
    }
    return result
  }

  /// A condition computed for the `open` rows only; the others get `elsewhere`.
  private static func evaluate(
    _ operand: Evaluator, _ rows: InputRows, _ open: Bitmap, elsewhere: Bool
  ) throws -> Column {
    if open.isAllSet { return try operand.evaluate(rows) }
    let positions = open.setPositions
    let part = try operand.evaluate(rows.selecting(positions))
    var isTrue = elsewhere ? ~open : Bitmap(repeating: false, count: rows.count)
    var isFalse = elsewhere ? Bitmap(repeating: false, count: rows.count) : ~open
    let values = part.booleans
    for (index, row) in positions.enumerated() where !part.isNull(index) {
      if values[index] { isTrue.set(Int(row), true) } else { isFalse.set(Int(row), true) }
    }
    return Column.boolean(trueRows: isTrue, falseRows: isFalse)
  }

  private func contains(
    _ operand: Evaluator, _ items: [Evaluator], _ rows: InputRows
  ) throws -> Column {
    if let literalItems { return literalItems.contains(try operand.evaluate(rows)) }
    return Evaluator.contains(
      try operand.evaluate(rows), try items.map { try $0.evaluate(rows) })
  }

  private static func contains(_ column: Column, _ items: [Column]) -> Column {
    var result = Column(
      .boolean, count: column.count, .boolean([Bool](repeating: false, count: column.count)))
    for item in items { result = Column.or(result, Column.compare(column, .equal, item)) }
    return result
  }

  // MARK: Choice

  private func choose(
    _ branches: [(condition: Evaluator, result: Evaluator)], _ otherwise: Evaluator?,
    _ rows: InputRows
  ) throws -> Column {
    if branches.count == 1, branches[0].result.isTotal, let otherwise, otherwise.isTotal,
      type.hasFixedWidth
    {
      let condition = try branches[0].condition.evaluate(rows)
      let chosen = try Column.choosing(
        condition, branches[0].result.evaluate(rows), otherwise: otherwise.evaluate(rows))
      if let chosen { return chosen }
    }
    var pieces = Pieces(type, rows.count)
    var open: [Int32]?
    for branch in branches {
      let input = open.map { rows.selecting($0) } ?? rows
      if input.count == 0 { break }
      let holds = try branch.condition.evaluate(input).trueRows
      let count = holds.setCount
      if count == 0 { continue }
      if count == input.count {
        pieces.add(try branch.result.evaluate(input), open)
        open = []
        break
      }
      let inside = holds.setPositions
      pieces.add(
        try branch.result.evaluate(input.selecting(inside)), Evaluator.rows(inside, of: open))
      open = Evaluator.rows((~holds).setPositions, of: open)
    }
    if let otherwise, open?.isEmpty != true {
      pieces.add(try otherwise.evaluate(open.map { rows.selecting($0) } ?? rows), open)
    }
    return try pieces.column()
  }

  private func coalesce(_ arguments: [Evaluator], _ rows: InputRows) throws -> Column {
    var pieces = Pieces(type, rows.count)
    var open: [Int32]?
    for (index, argument) in arguments.enumerated() {
      let input = open.map { rows.selecting($0) } ?? rows
      let column = try argument.evaluate(input)
      if index == arguments.count - 1 || !column.hasNulls {
        pieces.add(column, open)
        break
      }
      guard let validity = column.validity else { break }
      let inside = validity.setPositions
      pieces.add(column.taking(inside), Evaluator.rows(inside, of: open))
      open = Evaluator.rows((~validity).setPositions, of: open)
    }
    return try pieces.column()
  }

  private static func rows(_ inside: [Int32], of open: [Int32]?) -> [Int32] {
    guard let open else { return inside }
    return mapRows(inside) { open[Int($0)] }
  }
}

/// A column put together from parts computed for some rows each.
private struct Pieces {
  private let type: DataType
  private let count: Int
  private var columns: [Column] = []
  /// The rows each part is for; nil for all.
  private var rows: [[Int32]?] = []

  init(_ type: DataType, _ count: Int) {
    self.type = type
    self.count = count
  }

  mutating func add(_ column: Column, _ rows: [Int32]?) {
    columns.append(column)
    self.rows.append(rows)
  }

  /// The parts in their places; NULL where no part is.
  func column() throws(Fault) -> Column {
    if columns.count == 1, rows[0] == nil { return columns[0] }
    if columns.isEmpty { return .nulls(type, count: count) }
    var places = [Int32](repeating: -1, count: count)
    var next: Int32 = 0
    for part in rows {
      for row in part ?? [] {
        places[Int(row)] = next
        next += 1
      }
    }
    return try Column.concatenating(type, columns).takingOrNull(places)
  }
}

extension QueryContext {
  /// What evaluations of the run's queries may know and take.
  var evaluation: EvaluationContext {
    EvaluationContext(clock: clock, allowance: max(1 << 20, memoryLimit / 4))
  }
}

extension FunctionCatalog {
  /// Whether no value can make a strict cast fail.
  static func castIsTotal(_ source: DataType, to target: DataType) -> Bool {
    if source == target || source == .null { return true }
    switch (source, target) {
    case (_, .string), (.timestamp, .date), (_, .double):
      return source != .string
    case (.decimal(let p, let s), .decimal(let q, let t)): return t >= s && q - t >= p - s
    case (_, .decimal(let q, let t)): return source.isWhole && q - t >= source.wholeDigits
    default: return source.isWhole && target.isWhole && source.wholeDigits <= target.wholeDigits
    }
  }
}

extension [Evaluator] {
  /// The value of each for each row of `batch`, whose columns they share.
  func evaluate(_ batch: Batch) throws -> [Column] {
    let rows = InputRows(batch)
    return try map { try $0.evaluate(rows) }
  }
}
