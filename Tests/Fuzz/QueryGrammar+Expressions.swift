import Columnar
import Engine

/// An expression's text and type.
struct Typed {
  let text: String
  let type: DataType
}

extension QueryGrammar {
  /// An expression of any type. Types grow from the leaves: a call takes arguments that are there,
  /// and the catalog of functions says which calls those allow.
  mutating func expression(_ depth: Int) -> Typed {
    guard depth > 0, !once(in: 4) else {
      return once(in: 3) ? pick(Self.literals) : pick(Self.columns)
    }
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1: return cast(expression(depth - 1))
    case 2:
      let value = expression(depth - 1)
      let other = expression(depth - 1, like: value.type)
      let text = "CASE WHEN \(condition(1)) THEN \(value.text) ELSE \(other.text) END"
      return Typed(text: text, type: value.type)
    case 3:
      let index = expression(depth - 1, like: .int)
      return Typed(text: "\(pick(["a", "array(i, NULL)"]))[\(index.text)]", type: .int)
    default: return call(depth)
    }
  }

  /// An expression that is made into `type`, if no other way is found.
  mutating func expression(_ depth: Int, like type: DataType) -> Typed {
    for _ in 0..<6 {
      let found = expression(depth)
      if found.type == type || found.type.isNumeric && type.isNumeric { return found }
    }
    let same = (Self.columns + Self.literals).filter { $0.type == type }
    return same.isEmpty ? Typed(text: "NULL", type: type) : pick(same)
  }

  private mutating func cast(_ value: Typed) -> Typed {
    let types = Self.types.filter { Column.canCast(value.type, to: $0) }
    guard !types.isEmpty else { return value }
    let type = pick(types)
    return Typed(text: "\(pick(["", "TRY_"]))CAST(\(value.text) AS \(type.sql))", type: type)
  }

  private mutating func call(_ depth: Int) -> Typed {
    let arguments = (0..<pick([0, 1, 1, 1, 2, 2, 2, 3])).map { _ in expression(depth - 1) }
    for _ in 0..<40 {
      let name = pick(Self.scalars)
      guard
        let function = try? FunctionCatalog.scalar(
          name, arguments.map { FunctionCatalog.Argument($0.type) })
      else { continue }
      let texts = arguments.map(\.text)
      let isSign = Self.signs.contains(name)
      if isSign, texts.count != 2 { continue }
      let text =
        isSign
        ? "(\(texts[0]) \(name) \(texts[1]))" : "\(name)(\(texts.joined(separator: ", ")))"
      return Typed(text: text, type: function.resultType)
    }
    return pick(Self.columns)
  }

  /// A call of an aggregate function.
  mutating func aggregate() -> Typed {
    let filter = once(in: 6) ? " FILTER (WHERE \(condition(1)))" : ""
    for _ in 0..<40 {
      let name = pick(Self.aggregates)
      let arguments = (0..<pick([1, 1, 1, 2])).map { _ in expression(1) }
      guard
        let function = try? FunctionCatalog.aggregate(
          name, arguments.map { FunctionCatalog.Argument($0.type) })
      else { continue }
      let distinct = once(in: 5) ? "DISTINCT " : ""
      let texts = arguments.map(\.text).joined(separator: ", ")
      return Typed(text: "\(name)(\(distinct)\(texts))\(filter)", type: function.resultType)
    }
    return Typed(text: "count(*)\(filter)", type: .bigint)
  }

  static let columns =
    SmallTables.schema.fields.map { Typed(text: "t.\($0.name)", type: $0.type) }
    + [Typed(text: "t.r.x", type: .int)]

  private static let signs = ["+", "-", "*", "/", "%", "div", "||", "&", "|", "^", "<=>", "=", "<"]
  private static let scalars =
    FunctionCatalog.names.filter { name in
      name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && name != "div"
        && !FunctionCatalog.isAggregate(name)
    } + signs + signs
  private static let aggregates = FunctionCatalog.names.filter(FunctionCatalog.isAggregate)

  private static let types: [DataType] = [
    .boolean, .tinyint, .smallint, .int, .bigint, .float, .double, .date, .timestamp, .string,
    .binary, .decimal(precision: 1, scale: 0), .decimal(precision: 38, scale: 38),
    .decimal(precision: 38, scale: 0), .array(element: .string, containsNull: true),
  ]

  static let patterns = [
    "'%a_'", "'a\\\\%'", "''", "'%%%%%%b'", "'(a|b)*c'", "'[^'", "'^(.+)+$'", "s2", "NULL",
  ]

  static let literals = written.map { Typed(text: $0.0, type: $0.1) }

  private static let written: [(String, DataType)] = [
    ("0", .int), ("1", .int), ("-1", .int), ("7", .int), ("127Y", .tinyint), ("-128Y", .tinyint),
    ("2147483647", .int), ("-2147483648", .int), ("9223372036854775807", .bigint),
    ("-9223372036854775808L", .bigint), ("1e308D", .double), ("-0.0D", .double),
    ("CAST('NaN' AS DOUBLE)", .double), ("1.50", .decimal(precision: 3, scale: 2)),
    (String(repeating: "9", count: 38), .decimal(precision: 38, scale: 0)), ("TRUE", .boolean),
    ("NULL", .null), ("DATE '0001-01-01'", .date), ("DATE '9999-12-31'", .date),
    ("DATE '2024-02-29'", .date), ("TIMESTAMP '1582-10-15 00:00:00'", .timestamp),
    ("TIMESTAMP '9999-12-31 23:59:59.999999'", .timestamp), ("INTERVAL '1' DAY", .interval),
    ("INTERVAL '178956970' YEAR", .interval), ("''", .string), ("'a'", .string),
    ("'é😀'", .string), ("'1.5'", .string), ("'2024-02-30'", .string), ("'UTC'", .string),
    ("'yyyy-MM-dd HH:mm:ss.SSS'", .string), ("'[1,{\"x\":null}]'", .string),
    ("'$.x[0]'", .string), ("'(a+)+b'", .string), ("X'00FF'", .binary),
    ("array()", .array(element: .null, containsNull: false)),
    ("array(3, NULL, 1)", .array(element: .int, containsNull: true)),
  ]
}
