package import Columnar
package import Core

/// The parser's face: text in, syntax out. Every error is a `Fault` of kind configuration with
/// file, line and column.
package enum SQLScript {
  /// How many bytes a text may have: whoever reads one stops there.
  package static let byteLimit = 64 << 20
  /// How many words and signs it may have.
  static let tokenLimit = 2_000_000

  /// The statements of a job file, in order.
  package static func parse(text: String, file: String) throws(Fault) -> [Statement] {
    var parser = try Parser(SourceText(text, file: file))
    return try parser.statements()
  }

  /// The statements that somebody asks at a shell, in order: queries, temporary views for them,
  /// EXPLAIN, SHOW and DESCRIBE. What would change something is refused.
  package static func parseQueries(text: String, file: String) throws(Fault) -> [Statement] {
    var parser = try Parser(SourceText(text, file: file), isAtShell: true)
    return try parser.statements()
  }

  /// A single query.
  package static func parseQuery(text: String, file: String) throws(Fault) -> QuerySyntax {
    var parser = try Parser(SourceText(text, file: file))
    let query = try parser.query()
    while parser.accept(";") {}
    guard parser.isAtEnd else { throw parser.unexpected("the end of the query") }
    return query
  }

  /// An expression that stands by itself, e.g. a rule of a property whose value begins at `origin`.
  package static func parseExpression(
    text: String, file: String, origin: Place? = nil
  ) throws(Fault) -> ExpressionSyntax {
    var parser = try Parser(SourceText(text, file: file, origin: origin))
    let expression = try parser.expression()
    guard parser.isAtEnd else { throw parser.unexpected("the end of the expression") }
    return expression
  }

  /// A type by its SQL name, e.g. `DECIMAL(12,2)`.
  package static func parseType(text: String, file: String) throws(Fault) -> DataType {
    var parser = try Parser(SourceText(text, file: file))
    let type = try parser.dataType()
    guard parser.isAtEnd else { throw parser.unexpected("the end of the type") }
    return type
  }

  /// Columns as `from_json` and `schema_of` take them: `a INT, b ARRAY<STRING>`, or a struct type.
  package static func parseSchema(text: String, file: String) throws(Fault) -> [Field] {
    var parser = try Parser(SourceText(text, file: file))
    if parser.isAt("STRUCT", "<") {
      let type = try parser.dataType()
      guard parser.isAtEnd else { throw parser.unexpected("the end of the type") }
      return type.fields
    }
    let fields = try parser.commaList { (inner) throws(Fault) in
      let name = try inner.identifier("a column name")
      _ = inner.accept(":")
      return Field(name, try inner.dataType())
    }
    guard parser.isAtEnd else { throw parser.unexpected("the end of the columns") }
    return fields
  }
}
