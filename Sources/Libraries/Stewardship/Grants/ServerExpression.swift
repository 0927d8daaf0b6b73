import Columnar
import Core
import Database
import Engine
import LakeJobs

/// Puts the part of Spark SQL that row filters and masks are written in into PostgreSQL's.
///
/// What it takes: literals, columns, `=`, `<>`, `<`, `<=`, `>`, `>=`, `<=>`, `+`, `-`, `*`, `||`,
/// AND, OR, NOT, IN with a list or a query, EXISTS, BETWEEN, LIKE, IS NULL, IS TRUE, CASE, CAST to
/// plain types, the functions of `functions`, and `current_user()`. A query is SELECT … FROM …
/// WHERE …, with joins, over tables of the warehouse. Anything else is refused, for what means
/// almost the same would show almost the right rows.
struct ServerExpression {
  /// Where the text stands.
  let place: Place
  /// How a column without a table before its name is spelled; nil for one of an inner query.
  let column: (String) -> String?
  /// How a table of the warehouse is called at the server; nil where it is not there.
  let table: (LakeTableName) -> String?

  /// Functions that mean the same in both, by Spark's name.
  private static let functions = [
    "lower": "lower", "upper": "upper", "trim": "btrim", "length": "length", "coalesce": "coalesce",
    "nullif": "nullif", "abs": "abs", "left": "left", "right": "right", "substr": "substr",
    "substring": "substr", "repeat": "repeat", "greatest": "greatest", "least": "least",
  ]

  private static let operators: Set<String> = ["<", "<=", ">", ">=", "+", "-", "*", "||", "<>"]

  private var dialect: Dialect { .postgresql }

  /// `syntax` in PostgreSQL's SQL.
  func text(_ syntax: ExpressionSyntax) throws(Fault) -> String {
    switch syntax.kind {
    case .literal(let value, _): return try literal(value, syntax)
    case .typedLiteral(let text, let type):
      return "CAST(\(dialect.literal(text)) AS \(try declared(type, syntax)))"
    case .name(let parts): return try name(parts, syntax)
    case .unary(let sign, let operand) where sign == "-" || sign == "+":
      return "(\(sign)\(try text(operand)))"
    case .binary(let sign, let left, let right): return try binary(sign, left, right, syntax)
    case .and(let parts): return "(\(try list(parts, " AND ")))"
    case .or(let parts): return "(\(try list(parts, " OR ")))"
    case .not(let inner): return "(NOT \(try text(inner)))"
    case .isNull(let inner): return "(\(try text(inner)) IS NULL)"
    case .isTruth(let inner, let truth):
      return "(\(try text(inner)) IS \(truth ? "TRUE" : "FALSE"))"
    case .between(let value, let low, let high):
      return "(\(try text(value)) BETWEEN \(try text(low)) AND \(try text(high)))"
    case .isIn(let value, let values):
      return "(\(try text(value)) IN (\(try list(values, ", "))))"
    case .isInQuery(let value, let query):
      return "(\(try text(value)) IN (\(try text(query))))"
    case .exists(let query): return "(EXISTS (\(try text(query))))"
    case .subquery(let query): return "(\(try text(query)))"
    case .like(let like): return try text(like, syntax)
    case .caseWhen(let operand, let branches, let otherwise):
      return try text(operand, branches, otherwise)
    case .cast(let inner, let type, isTry: false):
      return "CAST(\(try text(inner)) AS \(try declared(type, syntax)))"
    case .call(let call): return try text(call, syntax)
    default: throw unsayable(syntax)
    }
  }

  // MARK: Expressions

  private func list(_ parts: [ExpressionSyntax], _ separator: String) throws(Fault) -> String {
    var texts: [String] = []
    for part in parts { texts.append(try text(part)) }
    return texts.joined(separator: separator)
  }

  private func literal(_ value: Scalar, _ syntax: ExpressionSyntax) throws(Fault) -> String {
    switch value {
    case .null: return "NULL"
    case .boolean(let flag): return flag ? "TRUE" : "FALSE"
    case .integer(let number): return "\(number)"
    case .decimal(let number): return "\(number)"
    case .string(let text) where !text.unicodeScalars.contains("\0"):
      return dialect.literal(text)
    default: throw unsayable(syntax)
    }
  }

  private func name(_ parts: [String], _ syntax: ExpressionSyntax) throws(Fault) -> String {
    switch parts.count {
    case 1: return column(parts[0]) ?? dialect.quoted(parts[0].lowercased())
    case 2: return parts.map { dialect.quoted($0.lowercased()) }.joined(separator: ".")
    default: throw unsayable(syntax)
    }
  }

  private func binary(
    _ sign: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ syntax: ExpressionSyntax
  ) throws(Fault) -> String {
    let other: String
    switch sign {
    case "=", "==": other = "="
    case "!=": other = "<>"
    case "<=>": other = "IS NOT DISTINCT FROM"
    case _ where Self.operators.contains(sign): other = sign
    default: throw unsayable(syntax)
    }
    return "(\(try text(left)) \(other) \(try text(right)))"
  }

  private func text(_ like: LikeSyntax, _ syntax: ExpressionSyntax) throws(Fault) -> String {
    guard like.quantifier == nil, like.escape == nil, like.form != .rlike, like.patterns.count == 1
    else { throw unsayable(syntax) }
    let word = (like.isNegated ? "NOT " : "") + (like.form == .like ? "LIKE" : "ILIKE")
    return "(\(try text(like.operand)) \(word) \(try text(like.patterns[0])))"
  }

  private func text(
    _ operand: ExpressionSyntax?, _ branches: [CaseBranchSyntax], _ otherwise: ExpressionSyntax?
  ) throws(Fault) -> String {
    var words = ["CASE"]
    if let operand { words.append(try text(operand)) }
    for branch in branches {
      words.append("WHEN \(try text(branch.condition)) THEN \(try text(branch.result))")
    }
    if let otherwise { words.append("ELSE \(try text(otherwise))") }
    return (words + ["END"]).joined(separator: " ")
  }

  private func text(_ call: CallSyntax, _ syntax: ExpressionSyntax) throws(Fault) -> String {
    guard !call.isDistinct, call.filter == nil, call.window == nil, call.withinGroup.isEmpty,
      call.argumentNames.allSatisfy({ $0 == nil })
    else { throw unsayable(syntax) }
    if call.name == "current_user", call.arguments.isEmpty { return "CAST(CURRENT_USER AS TEXT)" }
    // Spark's is NULL where any of its texts is.
    if call.name == "concat", !call.arguments.isEmpty {
      return "(\(try list(call.arguments, " || ")))"
    }
    guard let name = Self.functions[call.name] else { throw unsayable(syntax) }
    return "\(name)(\(try list(call.arguments, ", ")))"
  }

  private func declared(_ type: DataType, _ syntax: ExpressionSyntax) throws(Fault) -> String {
    switch type {
    case .boolean, .smallint, .int, .bigint, .double, .decimal, .string, .date:
      return dialect.declaration(of: type)
    default: throw unsayable(syntax)
    }
  }

  // MARK: Queries

  private func text(_ query: QuerySyntax) throws(Fault) -> String {
    guard query.commonTables.isEmpty, query.orderBy.isEmpty, !query.ordersByAll,
      query.limit == nil, query.offset == nil
    else { throw unsayable(query) }
    switch query.body {
    case .nested(let inner): return try text(inner)
    case .values(let rows): return "VALUES \(try values(rows))"
    case .select(let select): return try text(select, query)
    default: throw unsayable(query)
    }
  }

  private func text(_ select: SelectSyntax, _ query: QuerySyntax) throws(Fault) -> String {
    guard select.lateralViews.isEmpty, select.groupBy == nil, select.having == nil,
      select.windows.isEmpty, select.qualify == nil
    else { throw unsayable(query) }
    // Names within are first those of the inner tables.
    let inner = ServerExpression(place: place, column: { _ in nil }, table: table)
    var items: [String] = []
    for item in select.items {
      if case .star(let qualifier, let except) = item.expression.kind, qualifier.isEmpty,
        except.isEmpty
      {
        items.append("*")
        continue
      }
      let alias = item.aliases.first.map { " AS \(dialect.quoted($0.lowercased()))" } ?? ""
      items.append("\(try inner.text(item.expression))\(alias)")
    }
    var words = "SELECT \(select.isDistinct ? "DISTINCT " : "")\(items.joined(separator: ", "))"
    var relations: [String] = []
    for relation in select.from { relations.append(try inner.text(relation, query)) }
    if !relations.isEmpty { words += " FROM \(relations.joined(separator: ", "))" }
    if let condition = select.condition { words += " WHERE \(try inner.text(condition))" }
    return words
  }

  private func values(_ rows: [[ExpressionSyntax]]) throws(Fault) -> String {
    var texts: [String] = []
    for row in rows { texts.append("(\(try list(row, ", ")))") }
    return texts.joined(separator: ", ")
  }

  private func text(
    _ relation: RelationSyntax, _ query: QuerySyntax
  ) throws(Fault) -> String {
    var words: String
    switch relation.kind {
    case .table(let reference) where !reference.isStream && reference.asOf == nil:
      words = try text(reference.name)
    case .subquery(let inner, isLateral: false): words = "(\(try text(inner)))"
    case .values(let rows): words = "(VALUES \(try values(rows)))"
    case .join(let left, let join, let right):
      return try text(left, join, right, query)
    default: throw unsayable(query)
    }
    if let alias = relation.alias {
      words += " AS \(dialect.quoted(alias.lowercased()))"
      if !relation.columnAliases.isEmpty {
        let names = relation.columnAliases.map { dialect.quoted($0.lowercased()) }
        words += " (\(names.joined(separator: ", ")))"
      }
    } else if words.hasPrefix("(") {
      words += " AS given"
    }
    return words
  }

  private func text(
    _ left: RelationSyntax, _ join: JoinSyntax, _ right: RelationSyntax, _ query: QuerySyntax
  ) throws(Fault) -> String {
    guard case .on(let condition) = join.condition, join.kind == .inner || join.kind == .left else {
      throw unsayable(query)
    }
    return "\(try text(left, query)) \(join.kind == .left ? "LEFT " : "")JOIN "
      + "\(try text(right, query)) ON \(try text(condition))"
  }

  private func text(_ name: TableName) throws(Fault) -> String {
    if let known = LakeTableName(name.description), let found = table(known) { return found }
    throw Fault(
      .configuration, at: place, "'\(name)' is no table of the warehouse's server",
      remedy: "use a mapping, or a table of the warehouse as warehouse.NAME")
  }

  // MARK: Faults

  private func unsayable(_ syntax: ExpressionSyntax) -> Fault { unsayable(syntax.text) }
  private func unsayable(_ query: QuerySyntax) -> Fault { unsayable(query.text) }

  private func unsayable(_ text: String) -> Fault {
    Fault(
      .configuration, at: place, "'\(text)' is not among what servers are told of Spark's SQL",
      remedy: "see jobs/README.md for what row filters and masks may say there")
  }
}
