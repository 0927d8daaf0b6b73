import Columnar
import Engine

/// A plan each of whose rows comes from one row of one scan, as steps row by row make them and
/// joins that follow one side. So the rows that come from some of that scan's rows are had by
/// reading these in the table's place.
struct RowwisePlan {
  let plan: LogicalPlan
  /// The scan whose rows are followed.
  let scan: LogicalPlan.Scan
  /// The joins from the output to the scan.
  private let joins: [LogicalPlan.Join]

  /// Nil when the rows of `plan` are made in another way.
  init?(_ plan: LogicalPlan) {
    var joins: [LogicalPlan.Join] = []
    guard let scan = RowwisePlan.follow(plan, &joins) else { return nil }
    self.plan = plan
    self.scan = scan
    self.joins = joins
  }

  /// The columns of the scan that joins compare with others, by position.
  var comparedColumns: Set<Int> {
    var columns: Set<Int> = []
    for join in joins {
      for key in join.equalities {
        if case .column(let position) = (join.followsLeft ? key.left : key.right).kind,
          let origin = RowwisePlan.origin(of: position, in: join.followed)
        {
          columns.insert(origin)
        }
      }
    }
    return columns
  }

  /// The rows that come from those of `table`, which has the scan's columns, in place of its own.
  /// The columns at the positions in `values` must have only these values there, none of them NULL:
  /// the joins' other sides are not read beyond them.
  func rows(of table: any TableProvider, having values: [Int: [Scalar]] = [:]) -> LogicalPlan {
    RowwisePlan.replacing(plan) { scan in
      values.sorted { $0.key < $1.key }.reduce(.scan(scan.reading(table))) {
        $0.restricted(toColumn: $1.key, in: $1.value)
      }
    }
  }

  /// The rows that rows of `table`, new in place of those of the table of that name, keep out; nil
  /// when that table does something else than keep rows out.
  func rows(excludedBy table: any TableProvider) -> LogicalPlan? {
    let places = joins.indices.filter { index in
      joins[index].partner.scans.contains { $0.table.name == table.name }
    }
    guard places.count == 1, let place = places.first, joins[place].kind == .anti,
      let partner = RowwisePlan(joins[place].partner), partner.scan.table.name == table.name,
      partner.joins.isEmpty
    else { return nil }
    var number = -1
    return RowwisePlan.replacing(
      plan,
      join: { join in
        number += 1
        guard number == place else { return join }
        var join = join
        join.kind = .semi
        join.partner = partner.rows(of: table)
        return join
      }, scan: { .scan($0) })
  }

  private static func follow(
    _ plan: LogicalPlan, _ joins: inout [LogicalPlan.Join]
  ) -> LogicalPlan.Scan? {
    switch plan {
    case .scan(let scan): return scan
    case .filter(let input, _), .project(let input, _), .sort(let input, _):
      return follow(input, &joins)
    case .generate(let generate): return follow(generate.input, &joins)
    case .join(let join):
      guard join.kind != .full else { return nil }
      joins.append(join)
      return follow(join.followed, &joins)
    case .values, .limit, .aggregate, .window, .unionAll, .setOperation: return nil
    }
  }

  /// The plan with its followed scan, and if wanted its joins, changed; joins are met from the
  /// output on.
  private static func replacing(
    _ plan: LogicalPlan, join change: (LogicalPlan.Join) -> LogicalPlan.Join = { $0 },
    scan replacement: (LogicalPlan.Scan) -> LogicalPlan
  ) -> LogicalPlan {
    switch plan {
    case .scan(let scan): return replacement(scan)
    case .join(let join):
      var changed = change(join)
      changed.followed = replacing(changed.followed, join: change, scan: replacement)
      return .join(changed)
    default:
      return plan.withInputs(
        plan.inputs.map { replacing($0, join: change, scan: replacement) })
    }
  }

  /// The column of the scan that a column of `plan` passes on.
  private static func origin(of column: Int, in plan: LogicalPlan) -> Int? {
    switch plan {
    case .scan: return column
    case .filter(let input, _), .sort(let input, _): return origin(of: column, in: input)
    case .project(let input, let list):
      guard case .column(let position) = list[column].expression.kind else { return nil }
      return origin(of: position, in: input)
    case .generate(let generate):
      return column < generate.input.schema.fields.count
        ? origin(of: column, in: generate.input) : nil
    case .join(let join):
      let leftCount = join.left.schema.fields.count
      guard (column < leftCount) == join.followsLeft else { return nil }
      return origin(of: join.followsLeft ? column : column - leftCount, in: join.followed)
    default: return nil
    }
  }
}

extension LogicalPlan.Scan {
  fileprivate func reading(_ table: any TableProvider) -> LogicalPlan.Scan {
    var scan = self
    scan.table = table
    return scan
  }
}

extension LogicalPlan.Join {
  fileprivate var followsLeft: Bool { kind != .right }

  /// The side whose rows are followed.
  fileprivate var followed: LogicalPlan {
    get { followsLeft ? left : right }
    set { if followsLeft { left = newValue } else { right = newValue } }
  }

  /// The other side.
  fileprivate var partner: LogicalPlan {
    get { followsLeft ? right : left }
    set { if followsLeft { right = newValue } else { left = newValue } }
  }
}
