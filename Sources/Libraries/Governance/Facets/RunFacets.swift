package import Core
package import JSON

/// The interval of time that a run was for.
package struct NominalTimeFacet: Facet {
  package static let key = "nominalTime"
  package static let schema = OpenLineage.schema("NominalTimeRunFacet", "1-0-1")

  package var start: Timestamp
  package var end: Timestamp?

  package init(start: Timestamp, end: Timestamp? = nil) {
    self.start = start
    self.end = end
  }

  package init?(_ members: JSONObject) {
    guard let start = members["nominalStartTime"]?.string.flatMap({ Timestamp(rfc3339Text: $0) })
    else { return nil }
    let end = members["nominalEndTime"]?.string.flatMap { Timestamp(rfc3339Text: $0) }
    self.init(start: start, end: end)
  }

  package var members: JSONObject {
    JSONObject(present: [
      ("nominalStartTime", .string(start.description)),
      ("nominalEndTime", end.map { .string($0.description) }),
    ])
  }
}

/// Why a run failed.
package struct ErrorMessageFacet: Facet {
  package static let key = "errorMessage"
  package static let schema = OpenLineage.schema("ErrorMessageRunFacet", "1-0-1")

  package var message: String

  package init(_ message: String) { self.message = message }

  package init?(_ members: JSONObject) {
    guard let message = members["message"]?.string else { return nil }
    self.init(message)
  }

  package var members: JSONObject {
    ["message": .string(message), "programmingLanguage": "Swift"]
  }
}

/// What executed a run.
package struct ProcessingEngineFacet: Facet {
  package static let key = "processing_engine"
  package static let schema = OpenLineage.schema("ProcessingEngineRunFacet", "1-1-1")

  package var name: String
  package var version: String

  package init(_ name: String, version: String) {
    self.name = name
    self.version = version
  }

  package init?(_ members: JSONObject) {
    guard let version = members["version"]?.string else { return nil }
    self.init(members["name"]?.string ?? "", version: version)
  }

  package var members: JSONObject { ["version": .string(version), "name": .string(name)] }
}

/// The run that a run is a part of.
package struct ParentRunFacet: Facet {
  package static let key = "parent"
  package static let schema = OpenLineage.schema("ParentRunFacet", "1-2-0")

  package var run: RunID
  package var jobNamespace: String
  package var jobName: String

  package init(_ run: RunID, jobNamespace: String, jobName: String) {
    self.run = run
    self.jobNamespace = jobNamespace
    self.jobName = jobName
  }

  package init?(_ members: JSONObject) {
    guard let run = members["run"]?["runId"]?.string.flatMap({ RunID($0) }),
      let namespace = members["job"]?["namespace"]?.string,
      let name = members["job"]?["name"]?.string
    else { return nil }
    self.init(run, jobNamespace: namespace, jobName: name)
  }

  package var members: JSONObject {
    [
      "run": ["runId": .string(run.description)],
      "job": ["namespace": .string(jobNamespace), "name": .string(jobName)],
    ]
  }
}
