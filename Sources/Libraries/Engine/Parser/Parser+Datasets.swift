import Columnar
import Core

/// Streaming tables and materialized views, and the clauses that definitions share.
extension Parser {
  /// What stands between a definition's name and its AS.
  struct Clauses {
    /// Whose clauses they are.
    enum Owner { case dataset, table, view, schema }

    var format: String?
    var options: [PropertySyntax] = []
    var partitionedBy: [String] = []
    /// Columns declared in PARTITIONED BY with their types.
    var partitionColumns: [ColumnSyntax] = []
    var clusteredBy: [String] = []
    var location: String?
    var comment: String?
    var properties: [PropertySyntax] = []
  }

  mutating func dataset() throws(Fault) -> DatasetSyntax {
    let start = place
    let ifNotExists = accept("IF", "NOT", "EXISTS")
    var dataset = DatasetSyntax(
      name: try tableName("the dataset's name"), ifNotExists: ifNotExists, place: start)
    if isAt("(") { dataset.columns = try columnList() }
    let clauses = try self.clauses(of: .dataset)
    dataset.format = clauses.format
    dataset.options = clauses.options
    dataset.partitionedBy = clauses.partitionedBy
    dataset.clusteredBy = clauses.clusteredBy
    dataset.comment = clauses.comment
    dataset.properties = clauses.properties
    if accept("AS") {
      dataset.query = try query()
    } else if accept("FLOW") {
      let flowStart = place
      try expect("AUTO", "CDC")
      dataset.changeFlow = try changeFlow(place: flowStart)
    }
    return dataset
  }

  /// `(name type …, …)`; constraints are refused with what to write instead.
  mutating func columnList() throws(Fault) -> [ColumnSyntax] {
    try expect("(")
    var columns: [ColumnSyntax] = []
    repeat {
      try refuseConstraint()
      columns.append(try column())
    } while accept(",")
    try expect(")")
    return columns
  }

  private mutating func refuseConstraint() throws(Fault) {
    let start = current
    let isKey = isAt("PRIMARY", "KEY") || isAt("FOREIGN", "KEY")
    if isKey || isAt("CHECK", "(") {
      throw fault(
        "constraints on a dataset are refused by Spark",
        remedy: "write the rule as a table property 'expect.<name>' = '<condition>'")
    }
    guard isAt("CONSTRAINT"), peek().kind == .word || peek().kind == .quoted else { return }
    advance()
    let name = try identifier()
    guard accept("EXPECT", "(") else {
      throw Fault(
        .configuration, at: place(of: start), "constraints on a dataset are refused by Spark",
        remedy: "write the rule as a table property 'expect.\(name)' = '<condition>'")
    }
    let condition = try expression().text
    try expect(")")
    var action = ""
    if accept("ON", "VIOLATION") {
      action = isAt("FAIL") ? " ON VIOLATION FAIL" : " ON VIOLATION QUARANTINE"
    }
    throw Fault(
      .configuration, at: place(of: start), "CONSTRAINT … EXPECT runs on Databricks only",
      remedy: "write TBLPROPERTIES ('expect.\(name)' = \"\(condition)\(action)\")")
  }

  // MARK: Clauses

  mutating func clauses(of owner: Clauses.Owner) throws(Fault) -> Clauses {
    var clauses = Clauses()
    while true {
      switch current.keyword {
      case "USING" where owner == .dataset || owner == .table:
        advance()
        clauses.format = try identifier("a format").lowercased()
      case "OPTIONS" where owner == .dataset || owner == .table:
        advance()
        clauses.options = try properties()
      case "PARTITIONED" where owner == .dataset || owner == .table:
        try partitionedBy(&clauses)
      case "CLUSTER" where owner == .dataset || owner == .table:
        try clusterBy(&clauses)
      case "LOCATION" where owner == .table || owner == .schema:
        advance()
        clauses.location = try stringLiteral("a path")
      case "LOCATION" where owner == .dataset:
        throw fault(
          "LOCATION on a dataset is refused by Spark",
          remedy: "leave it out: the lake decides where its tables lie")
      case "COMMENT":
        advance()
        clauses.comment = try stringLiteral("a comment")
      case "TBLPROPERTIES" where owner != .schema:
        advance()
        clauses.properties = try properties()
      case "WITH" where owner == .schema:
        advance()
        try expect("DBPROPERTIES")
        clauses.properties = try properties()
      case "SCHEDULE":
        throw fault("SCHEDULE runs on Databricks only", remedy: "let cron run make")
      default:
        return clauses
      }
    }
  }

  private mutating func partitionedBy(_ clauses: inout Clauses) throws(Fault) {
    try expect("PARTITIONED", "BY", "(")
    let parts = try commaList { (parser) throws(Fault) in
      let start = parser.place
      let name = try parser.identifier("a column name")
      if parser.isAt("(") {
        throw parser.fault(
          "partitions by an expression are not supported",
          remedy: "add a column for it and name that")
      }
      guard parser.current.kind == .word else { return (name, ColumnSyntax?.none) }
      let column = ColumnSyntax(field: Field(name, try parser.dataType()), place: start)
      return (name, column)
    }
    try expect(")")
    clauses.partitionedBy = parts.map(\.0)
    clauses.partitionColumns = parts.compactMap(\.1)
  }

  private mutating func clusterBy(_ clauses: inout Clauses) throws(Fault) {
    try expect("CLUSTER", "BY")
    guard !isAt("AUTO") else {
      throw fault(
        "CLUSTER BY AUTO runs on Databricks only", remedy: "write CLUSTER BY (columns)")
    }
    clauses.clusteredBy = try identifierList()
  }

  /// `('key' = 'value', key.part 'value', …)`.
  mutating func properties() throws(Fault) -> [PropertySyntax] {
    try expect("(")
    var properties: [PropertySyntax] = []
    repeat {
      let start = place
      let key = try propertyKey()
      guard !properties.contains(where: { $0.key == key }) else {
        throw Fault(
          .configuration, at: start, "property '\(key)' stands twice", remedy: "remove one of them")
      }
      _ = accept("=")
      let valuePlace = place
      let value = try propertyValue()
      properties.append(
        PropertySyntax(key: key, value: value, place: start, valuePlace: valuePlace))
    } while accept(",")
    try expect(")")
    return properties
  }

  private mutating func propertyKey() throws(Fault) -> String {
    if current.kind == .string { return try stringLiteral("a property's name") }
    return try tableName("a property's name").description
  }

  private mutating func propertyValue() throws(Fault) -> String {
    switch current.kind {
    case .string: return try stringLiteral("a value")
    case .number: return advance().text
    case .word where isAt("TRUE") || isAt("FALSE"): return advance().text.lowercased()
    default: throw unexpected("a value in quotes")
    }
  }
}
