package import Core
package import JSON

/// Which rules were checked on a dataset, and whether they held.
package struct DataQualityAssertionsFacet: Facet {
  /// One rule and its outcome.
  package struct Assertion: Equatable, Sendable {
    /// The rule's name.
    package var name: String
    /// The rule itself: a boolean of SQL.
    package var rule: String
    package var holds: Bool
    package var column: String?
    /// `warn` or `error`.
    package var severity: String?
    /// How many rows broke it.
    package var violationCount: Int?

    package init(
      _ name: String, _ rule: String, holds: Bool, column: String? = nil, severity: String? = nil,
      violationCount: Int? = nil
    ) {
      self.name = name
      self.rule = rule
      self.holds = holds
      self.column = column
      self.severity = severity
      self.violationCount = violationCount
    }
  }

  package static let key = "dataQualityAssertions"
  package static let schema = OpenLineage.schema("DataQualityAssertionsDatasetFacet", "1-1-0")

  package var assertions: [Assertion]

  package init(_ assertions: [Assertion]) { self.assertions = assertions }

  package init?(_ members: JSONObject) {
    self.init(
      (members["assertions"]?.array ?? []).compactMap { json in
        guard let assertion = json["assertion"]?.string, let holds = json["success"]?.bool else {
          return nil
        }
        return Assertion(
          json["name"]?.string ?? assertion, json["content"]?.string ?? "", holds: holds,
          column: json["column"]?.string, severity: json["severity"]?.string,
          violationCount: json["actual"]?.string.flatMap { Int($0) })
      })
  }

  package var members: JSONObject {
    ["assertions": .array(assertions.map(json))]
  }

  private func json(_ assertion: Assertion) -> JSONValue {
    let counts = assertion.violationCount
    return .object(
      JSONObject(present: [
        ("assertion", .string(assertion.name)), ("success", .bool(assertion.holds)),
        ("column", assertion.column.map { .string($0) }),
        ("severity", assertion.severity.map { .string($0) }),
        ("name", .string(assertion.name)), ("content", .string(assertion.rule)),
        ("contentType", "text/x-sql"), ("expected", counts.map { _ in "0" }),
        ("actual", counts.map { .string(String($0)) }),
      ]))
  }
}

/// Counts of a dataset and its columns.
package struct DataQualityMetricsFacet: Facet {
  /// Counts of one column.
  package struct Column: Equatable, Sendable {
    package var name: String
    package var nullCount: Int?
    package var distinctCount: Int?
    package var sum: Decimal?

    package init(
      _ name: String, nullCount: Int? = nil, distinctCount: Int? = nil, sum: Decimal? = nil
    ) {
      self.name = name
      self.nullCount = nullCount
      self.distinctCount = distinctCount
      self.sum = sum
    }
  }

  package static let key = "dataQualityMetrics"
  package static let schema = OpenLineage.schema("DataQualityMetricsInputDatasetFacet", "1-0-3")

  package var rowCount: Int?
  package var columns: [Column]

  package init(rowCount: Int? = nil, columns: [Column] = []) {
    self.rowCount = rowCount
    self.columns = columns
  }

  package init?(_ members: JSONObject) {
    guard let columns = members["columnMetrics"]?.object else { return nil }
    self.init(
      rowCount: members["rowCount"]?.int,
      columns: columns.members.map { column in
        Column(
          column.key, nullCount: column.value["nullCount"]?.int,
          distinctCount: column.value["distinctCount"]?.int, sum: column.value["sum"]?.decimal)
      })
  }

  package var members: JSONObject {
    let metrics = columns.map { column in
      let counts = JSONObject(present: [
        ("nullCount", column.nullCount.map { JSONValue($0) }),
        ("distinctCount", column.distinctCount.map { JSONValue($0) }),
        ("sum", column.sum.map { JSONValue($0) }),
      ])
      return (column.name, JSONValue.object(counts))
    }
    return JSONObject(present: [
      ("rowCount", rowCount.map { JSONValue($0) }), ("columnMetrics", .object(JSONObject(metrics))),
    ])
  }
}
