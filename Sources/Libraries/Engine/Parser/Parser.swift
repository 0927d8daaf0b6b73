import Columnar
import Core

/// Reads tokens to syntax by recursive descent. Each `Parser+….swift` holds one part of the
/// grammar; this file holds what they share.
struct Parser {
  let source: SourceText
  /// Whether the text was asked at a shell: then nothing but questions is understood.
  let isAtShell: Bool
  private let tokens: [Token]
  private(set) var position = 0
  /// How many levels are open around what is read now.
  private var depth = 0
  /// How high what the present level has read stands: the levels in it, and the links of chains.
  private var height = 0

  /// How deeply queries and expressions may stand in one another as they are written.
  private static let maximumDepth = 120

  /// How high a tree of syntax may grow, each link of a chain such as `a + b + c` being a level of
  /// it. All that is done with a tree later goes down into it, on a stack that has room for this.
  static let maximumHeight = 1_000

  init(_ source: SourceText, isAtShell: Bool = false) throws(Fault) {
    self.source = source
    self.isAtShell = isAtShell
    tokens = try Tokenizer.tokens(of: source)
  }

  // MARK: Looking

  var current: Token { tokens[position] }

  func peek(_ ahead: Int = 1) -> Token { tokens[min(position + ahead, tokens.count - 1)] }

  /// Whether the next token is this keyword or symbol. Most questions are of one, and those with
  /// more make an array.
  func isAt(_ keyword: String) -> Bool { tokens[position].keyword == keyword }

  /// Whether the next tokens are these keywords or symbols.
  func isAt(_ keywords: String...) -> Bool {
    for (ahead, keyword) in keywords.enumerated() where peek(ahead).keyword != keyword {
      return false
    }
    return true
  }

  func isAt(anyOf keywords: Set<String>) -> Bool { keywords.contains(tokens[position].keyword) }

  var isAtEnd: Bool { tokens[position].kind == .end }

  var place: Place { source.place(at: current.range.start) }

  func place(of token: Token) -> Place { source.place(at: token.range.start) }

  /// The text from `start` to the last token read.
  func text(from start: Token) -> String {
    let end = position > 0 ? tokens[position - 1].range.end : 0
    return source.text(SourceRange(start: start.range.start, end: max(end, start.range.start)))
  }

  // MARK: Taking

  @discardableResult
  mutating func advance() -> Token {
    let token = current
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  /// Takes the keyword if it comes next.
  mutating func accept(_ keyword: String) -> Bool {
    guard tokens[position].keyword == keyword else { return false }
    advance()
    return true
  }

  /// Takes the keywords if all of them come next.
  mutating func accept(_ keywords: String...) -> Bool {
    for (ahead, keyword) in keywords.enumerated() where peek(ahead).keyword != keyword {
      return false
    }
    for _ in keywords { advance() }
    return true
  }

  mutating func expect(_ keywords: String...) throws(Fault) {
    for keyword in keywords {
      guard current.keyword == keyword else { throw unexpected("'\(keyword)'") }
      advance()
    }
  }

  /// An identifier, plain or in backticks.
  mutating func identifier(_ what: String = "a name") throws(Fault) -> String {
    guard current.kind == .word || current.kind == .quoted else { throw unexpected(what) }
    return advance().text
  }

  /// A name of one or more parts between points.
  mutating func tableName(_ what: String = "a table name") throws(Fault) -> TableName {
    var parts = [try identifier(what)]
    while accept(".") {
      try link("parts of a name")
      parts.append(try identifier("the rest of the name"))
    }
    return TableName(parts)
  }

  mutating func stringLiteral(_ what: String) throws(Fault) -> String {
    guard current.kind == .string else { throw unexpected(what) }
    var text = ""
    while current.kind == .string { text += advance().text }
    return text
  }

  mutating func wholeNumber(_ what: String) throws(Fault) -> Int {
    guard current.kind == .number, let value = Int(current.text) else { throw unexpected(what) }
    advance()
    return value
  }

  /// One or more elements between commas.
  mutating func commaList<Element>(
    _ element: (inout Parser) throws(Fault) -> Element
  ) throws(Fault) -> [Element] {
    var elements = [try element(&self)]
    while accept(",") { elements.append(try element(&self)) }
    return elements
  }

  /// `(a, b)`.
  mutating func identifierList(_ what: String = "a column name") throws(Fault) -> [String] {
    try expect("(")
    let names = try commaList { (parser) throws(Fault) in try parser.identifier(what) }
    try expect(")")
    return names
  }

  /// Runs `body` one level deeper, within the limit.
  mutating func nested<Result>(
    _ body: (inout Parser) throws(Fault) -> Result
  ) throws(Fault) -> Result {
    guard depth < Parser.maximumDepth else {
      throw fault("the expression is nested too deeply", remedy: "split it into common tables")
    }
    let outside = height
    height = 0
    depth += 1
    defer {
      depth -= 1
      height = max(outside, height + 1)
    }
    return try body(&self)
  }

  /// Runs `body`, whose links are none of what stands beside it.
  mutating func apart<Result>(
    _ body: (inout Parser) throws(Fault) -> Result
  ) throws(Fault) -> Result {
    let outside = height
    height = 0
    defer { height = max(outside, height) }
    return try body(&self)
  }

  /// Notes that what is made next stands above all that this level has read: one more link of a
  /// chain whose links hold one another.
  mutating func link(_ what: String = "terms") throws(Fault) {
    height += 1
    guard height >= Parser.maximumHeight else { return }
    throw fault(
      "more than \(Parser.maximumHeight) \(what) in a chain",
      remedy: "put parts of it into common tables, or its values into a table")
  }

  // MARK: Faults

  func fault(_ problem: String, remedy: String) -> Fault {
    Fault(.configuration, at: place, problem, remedy: remedy)
  }

  /// The present token does not fit; `expected` says what would.
  func unexpected(_ expected: String) -> Fault {
    Fault(
      .configuration, at: place, "found \(current.shown) where \(expected) was expected",
      remedy: "write \(expected) there, or look for a mistake just before it")
  }
}

/// Words that end a clause or join operands: never an expression's start, nor an alias without AS.
let reservedWords: Set<String> = [
  "AND", "AS", "BETWEEN", "BY", "CROSS", "ELSE", "EXCEPT", "FROM", "FULL", "GROUP", "HAVING", "IN",
  "INNER", "INTERSECT", "INTO", "IS", "JOIN", "LATERAL", "LIKE", "ILIKE", "RLIKE", "REGEXP",
  "LIMIT", "MINUS", "NATURAL", "ON", "OR", "ORDER", "QUALIFY", "SELECT", "SETMINUS", "THEN",
  "UNION", "USING", "WHEN", "WHERE", "WINDOW",
]

/// Further words that follow a relation or an item, so that they are no alias without AS.
let wordsAfterItem: Set<String> = reservedWords.union([
  "ANTI", "CLUSTER", "DISTRIBUTE", "DIV", "END", "LEFT", "NOT", "NULLS", "OFFSET", "PIVOT",
  "RIGHT", "SEMI", "SORT", "TABLESAMPLE", "UNPIVOT", "KEYS", "WATERMARK", "ASC", "DESC",
])
