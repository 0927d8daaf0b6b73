package import JSON

/// The SQL of a job.
package struct SQLFacet: Facet {
  package static let key = "sql"
  package static let schema = OpenLineage.schema("SQLJobFacet", "1-1-0")

  package var query: String

  package init(_ query: String) { self.query = query }

  package init?(_ members: JSONObject) {
    guard let query = members["query"]?.string else { return nil }
    self.init(query)
  }

  package var members: JSONObject { ["query": .string(query), "dialect": "spark"] }
}

/// The source text of a job that is not SQL.
package struct SourceCodeFacet: Facet {
  package static let key = "sourceCode"
  package static let schema = OpenLineage.schema("SourceCodeJobFacet", "1-0-1")

  package var language: String
  package var text: String

  package init(_ text: String, language: String) {
    self.text = text
    self.language = language
  }

  package init?(_ members: JSONObject) {
    guard let text = members["sourceCode"]?.string, let language = members["language"]?.string
    else { return nil }
    self.init(text, language: language)
  }

  package var members: JSONObject {
    ["language": .string(language), "sourceCode": .string(text)]
  }
}

/// What sort of job it is.
package struct JobTypeFacet: Facet {
  package static let key = "jobType"
  package static let schema = OpenLineage.schema("JobTypeJobFacet", "2-0-4")

  /// `ingest`, `flow`, `load` and so on.
  package var type: String

  package init(_ type: String) { self.type = type }

  package init?(_ members: JSONObject) {
    guard members["processingType"] != nil else { return nil }
    self.init(members["jobType"]?.string ?? "")
  }

  package var members: JSONObject {
    ["processingType": "BATCH", "integration": "MEDALLION", "jobType": .string(type)]
  }
}
