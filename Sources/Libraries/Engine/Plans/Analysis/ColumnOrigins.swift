import Columnar

/// Which columns of which tables the columns of a plan come from, and which decide over its rows.
package struct ColumnOrigins: Sendable {
  /// How a table's column takes part; the words are OpenLineage's.
  package enum Role: Int, Hashable, Sendable {
    /// The value as it is.
    case identity
    /// Computed from the value, row by row.
    case transformation
    /// Computed from the values of many rows.
    case aggregation
    case join
    case groupBy
    case filter
    case sort
    case window
    /// Decides which value is taken, as a CASE does.
    case conditional

    /// Whether values go into the result, rather than decide over it.
    package var isDirect: Bool { rawValue <= Role.aggregation.rawValue }
  }

  /// A column of a scanned table and its part.
  package struct Origin: Hashable, Comparable, Sendable {
    package var table: String
    package var column: String
    package var role: Role
    /// Whether the value is made unreadable on the way (a hash).
    package var masks: Bool

    package static func < (left: Origin, right: Origin) -> Bool {
      (left.table, left.column, left.role.rawValue, left.masks ? 1 : 0)
        < (right.table, right.column, right.role.rawValue, right.masks ? 1 : 0)
    }
  }

  /// The origins of each column of the plan, sorted.
  package let columns: [[Origin]]
  /// The origins that decide over all rows, sorted.
  package let rows: [Origin]

  /// Functions that make a value unreadable.
  static let hashes: Set<String> = [
    "sha", "sha1", "sha2", "md5", "hash", "xxhash64", "crc32", "mask",
  ]

  package init(of plan: LogicalPlan) {
    let found = OriginSets(of: plan)
    columns = found.columns.map { $0.sorted() }
    rows = found.rows.sorted()
  }
}

/// The origins while they are gathered, from the scans upwards.
private struct OriginSets {
  typealias Origin = ColumnOrigins.Origin
  typealias Role = ColumnOrigins.Role

  private(set) var columns: [Set<Origin>]
  private(set) var rows: Set<Origin>

  private init(_ columns: [Set<Origin>], _ rows: Set<Origin> = []) {
    self.columns = columns
    self.rows = rows
  }

  init(of plan: LogicalPlan) {
    switch plan {
    case .scan(let scan):
      self.init(
        scan.columns.map {
          [Origin(table: scan.table.name, column: $0.name, role: .identity, masks: false)]
        })
    case .values(_, let schema): self.init(schema.fields.map { _ in [] })
    case .project(let input, let expressions):
      let input = OriginSets(of: input)
      self.init(expressions.map { input.origins(of: $0.expression) }, input.rows)
    case .filter(let input, let condition):
      self.init(of: input)
      rows.formUnion(origins(of: condition, as: .filter))
    case .sort(let input, let keys):
      self.init(of: input)
      for key in keys { rows.formUnion(origins(of: key.expression, as: .sort)) }
    case .limit(let input, _, _): self.init(of: input)
    case .join(let join): self = OriginSets.joined(join)
    case .aggregate(let aggregate): self = OriginSets.grouped(aggregate)
    case .window(let input, let calls):
      let input = OriginSets(of: input)
      self.init(input.columns + calls.map { input.origins(of: $0.call) }, input.rows)
    case .generate(let generate):
      let input = OriginSets(of: generate.input)
      let elements = input.origins(of: generate.argument, as: .transformation)
      self.init(input.columns + generate.columns.map { _ in elements }, input.rows)
    case .unionAll(let inputs, let schema):
      let parts = inputs.map(OriginSets.init(of:))
      self.init(
        schema.fields.indices.map { position in
          parts.reduce(into: []) { $0.formUnion($1.columns[position]) }
        }, parts.reduce(into: []) { $0.formUnion($1.rows) })
    case .setOperation(let left, let right, _):
      let second = OriginSets(of: right)
      self.init(of: left)
      rows.formUnion(second.rows)
      for column in second.columns { rows.formUnion(column.map { $0.deciding(.filter) }) }
    }
  }

  private static func joined(_ join: LogicalPlan.Join) -> OriginSets {
    let left = OriginSets(of: join.left)
    let right = OriginSets(of: join.right)
    var result = OriginSets(left.columns + right.columns, left.rows.union(right.rows))
    for equality in join.equalities {
      result.rows.formUnion(left.origins(of: equality.left, as: .join))
      result.rows.formUnion(right.origins(of: equality.right, as: .join))
    }
    if let residual = join.residual {
      result.rows.formUnion(result.origins(of: residual, as: .join))
    }
    result.columns = Array(result.columns.prefix(join.schema.fields.count))
    return result
  }

  private static func grouped(_ aggregate: LogicalPlan.Aggregate) -> OriginSets {
    let input = OriginSets(of: aggregate.input)
    var result = OriginSets(
      aggregate.groups.map { input.origins(of: $0.expression) }
        + aggregate.calls.map { input.origins(of: $0.call) }, input.rows)
    for group in aggregate.groups {
      result.rows.formUnion(input.origins(of: group.expression, as: .groupBy))
    }
    return result
  }

  /// The origins of an expression over these columns.
  private func origins(of expression: Expression) -> Set<Origin> {
    switch expression.kind {
    case .column(let position): return columns[position]
    case .literal: return []
    case .caseWhen(let branches, let otherwise):
      var found: Set<Origin> = []
      for branch in branches {
        found.formUnion(origins(of: branch.condition, as: .conditional))
        found.formUnion(origins(of: branch.result, as: .transformation))
      }
      return otherwise.map { found.union(origins(of: $0, as: .transformation)) } ?? found
    case .call(let function, let arguments):
      let masks = ColumnOrigins.hashes.contains(function.name)
      return union(arguments.map { origins(of: $0, as: .transformation, masks: masks) })
    case .cast, .and, .or, .not, .isNull, .isIn, .member:
      return union(expression.children.map { origins(of: $0, as: .transformation) })
    }
  }

  /// The same, used as `role`.
  private func origins(
    of expression: Expression, as role: Role, masks: Bool = false
  ) -> Set<Origin> {
    Set(
      origins(of: expression).map { origin in
        var origin = role.isDirect ? origin.flowing(role) : origin.deciding(role)
        if masks { origin.masks = true }
        return origin
      })
  }

  private func origins(of call: AggregateCall) -> Set<Origin> {
    let filter = call.filter.map { origins(of: $0, as: .conditional) } ?? []
    return union(call.arguments.map { origins(of: $0, as: .aggregation) }).union(filter)
  }

  private func origins(of call: WindowCall) -> Set<Origin> {
    var role = Role.transformation
    if case .aggregate = call.function { role = .aggregation }
    let frame = call.partitionBy + call.orderBy.map(\.expression)
    return union(call.arguments.map { origins(of: $0, as: role) })
      .union(union(frame.map { origins(of: $0, as: .window) }))
  }

  private func union(_ sets: [Set<Origin>]) -> Set<Origin> {
    sets.reduce(into: []) { $0.formUnion($1) }
  }
}

extension ColumnOrigins.Origin {
  /// The origin after one more step by which its value flows.
  fileprivate func flowing(_ step: ColumnOrigins.Role) -> Self {
    var copy = self
    if role.isDirect, step.rawValue > role.rawValue { copy.role = step }
    return copy
  }

  /// The origin where it only decides.
  fileprivate func deciding(_ step: ColumnOrigins.Role) -> Self {
    var copy = self
    copy.role = step
    return copy
  }
}
