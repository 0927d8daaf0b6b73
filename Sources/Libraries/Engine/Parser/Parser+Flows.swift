import Columnar
import Core

/// Flows: INSERT INTO … BY NAME, and AUTO CDC.
extension Parser {
  mutating func flow() throws(Fault) -> FlowSyntax {
    let start = place
    try expect("FLOW")
    let name = try tableName("the flow's name")
    let comment = accept("COMMENT") ? try stringLiteral("a comment") : nil
    try expect("AS")
    if accept("AUTO", "CDC", "INTO") {
      let target = try tableName("the target table")
      let body = try changeFlow(place: start)
      return FlowSyntax(
        name: name, comment: comment, target: target, body: .autoCDC(body), place: start)
    }
    if isAt("APPLY") {
      throw fault(
        "APPLY CHANGES INTO is the older Databricks spelling", remedy: "write AUTO CDC INTO")
    }
    guard isAt("INSERT") else { throw unexpected("'INSERT INTO' or 'AUTO CDC INTO'") }
    return try appendFlow(name, comment: comment, place: start)
  }

  private mutating func appendFlow(
    _ name: TableName, comment: String?, place start: Place
  ) throws(Fault) -> FlowSyntax {
    try expect("INSERT")
    if isAt("OVERWRITE") {
      throw fault("a flow cannot overwrite", remedy: "write INSERT INTO table BY NAME query")
    }
    try expect("INTO")
    if isAt("ONCE") {
      throw fault(
        "INSERT INTO ONCE runs on Databricks only",
        remedy: "write INSERT INTO table BY NAME query: a flow takes each row once anyway")
    }
    _ = accept("TABLE")
    let target = try tableName("the target table")
    guard accept("BY", "NAME") else {
      throw fault(
        "found \(current.shown) where 'BY NAME' was expected: Spark refuses a flow without it",
        remedy: "write INSERT INTO \(target) BY NAME query")
    }
    return FlowSyntax(
      name: name, comment: comment, target: target, body: .append(try query()), place: start)
  }

  /// `FROM source KEYS (…) clauses…`, the clauses in any order.
  mutating func changeFlow(place start: Place) throws(Fault) -> ChangeFlowSyntax {
    try expect("FROM")
    let source = try primaryRelation()
    if case .table(let reference) = source.kind, !reference.isStream {
      throw Fault(
        .configuration, at: source.place, "AUTO CDC reads a stream, '\(reference.name)' is not one",
        remedy: "write FROM STREAM(\(reference.name))")
    }
    try expect("KEYS")
    var flow = ChangeFlowClauses(keys: try identifierList("a key column"))
    while try changeClause(&flow) {}
    guard let sequence = flow.sequence else {
      throw fault(
        "found \(current.shown) before any SEQUENCE BY",
        remedy: "add SEQUENCE BY and the column that orders the changes")
    }
    return ChangeFlowSyntax(
      source: source, keys: flow.keys, deleteCondition: flow.deleteCondition, sequence: sequence,
      columns: flow.columns ?? .all, historyType: flow.historyType ?? 1,
      trackedColumns: flow.tracked ?? .all, place: start)
  }

  private struct ChangeFlowClauses {
    var keys: [String]
    var deleteCondition: ExpressionSyntax?
    var sequence: ExpressionSyntax?
    var columns: ChangeFlowSyntax.ColumnList?
    var historyType: Int?
    var tracked: ChangeFlowSyntax.ColumnList?
  }

  /// Takes one clause; false when none comes next.
  private mutating func changeClause(_ flow: inout ChangeFlowClauses) throws(Fault) -> Bool {
    switch current.keyword {
    case "APPLY":
      if isAt("APPLY", "AS", "TRUNCATE") {
        throw fault(
          "APPLY AS TRUNCATE WHEN runs on Databricks only", remedy: "use APPLY AS DELETE WHEN")
      }
      try refuseSecond(flow.deleteCondition != nil, "APPLY AS DELETE WHEN")
      try expect("APPLY", "AS", "DELETE", "WHEN")
      flow.deleteCondition = try expression()
    case "SEQUENCE":
      try refuseSecond(flow.sequence != nil, "SEQUENCE BY")
      try expect("SEQUENCE", "BY")
      flow.sequence = try expression()
    case "COLUMNS":
      try refuseSecond(flow.columns != nil, "COLUMNS")
      advance()
      flow.columns = try changeColumns()
    case "STORED":
      try refuseSecond(flow.historyType != nil, "STORED AS SCD TYPE")
      try expect("STORED", "AS", "SCD", "TYPE")
      guard isAt(number: "1") || isAt(number: "2") else { throw unexpected("1 or 2") }
      flow.historyType = advance().text == "2" ? 2 : 1
    case "TRACK":
      try refuseSecond(flow.tracked != nil, "TRACK HISTORY ON")
      try expect("TRACK", "HISTORY", "ON")
      flow.tracked = try changeColumns()
    case "IGNORE":
      throw fault(
        "IGNORE NULL UPDATES runs on Databricks only",
        remedy:
          "take it out, and give the streaming table TBLPROPERTIES ('null.updates' = 'ignore')")
    default:
      return false
    }
    return true
  }

  private func isAt(number: String) -> Bool { current.kind == .number && current.text == number }

  private func refuseSecond(_ isSecond: Bool, _ clause: String) throws(Fault) {
    guard isSecond else { return }
    throw fault("a second \(clause)", remedy: "keep one of them")
  }

  private mutating func changeColumns() throws(Fault) -> ChangeFlowSyntax.ColumnList {
    guard accept("*") else { return .only(try identifierList()) }
    guard accept("EXCEPT") else { return .all }
    return .except(try identifierList())
  }
}
