package import Core
package import JSON

/// One OpenLineage run event: a run of a job came to a state, read these datasets, wrote those.
///
/// Printed as one line by a tool that committed, and kept in the lake's event log.
package struct RunEvent: Equatable, Sendable {
  /// What became of the run.
  package enum State: String, Sendable {
    case start = "START"
    case running = "RUNNING"
    case complete = "COMPLETE"
    case abort = "ABORT"
    case fail = "FAIL"
    case other = "OTHER"
  }

  package var state: State
  package var time: Timestamp
  package var run: Run
  package var job: Job
  package var inputs: [LineageDataset]
  package var outputs: [LineageDataset]

  package init(
    _ state: State, at time: Timestamp, run: Run, job: Job, inputs: [LineageDataset] = [],
    outputs: [LineageDataset] = []
  ) {
    self.state = state
    self.time = time
    self.run = run
    self.job = job
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The event as OpenLineage 2-0-2 writes it.
  package var json: JSONValue {
    [
      "eventType": .string(state.rawValue),
      "eventTime": .string(time.description),
      "run": run.json,
      "job": job.json,
      "inputs": .array(inputs.map { $0.json(factsKey: LineageDataset.inputFactsKey) }),
      "outputs": .array(outputs.map { $0.json(factsKey: LineageDataset.outputFactsKey) }),
      "producer": .string(OpenLineage.producer),
      "schemaURL": .string(OpenLineage.runEventSchema),
    ]
  }

  /// The event on one line, without the line's end.
  package var line: String { JSONWriter.text(json) }

  /// The event in `json`, whoever wrote it; nil when it is not a run event. Unknown members are
  /// passed over.
  package init?(_ json: JSONValue) {
    guard let time = json["eventTime"]?.string.flatMap({ Timestamp(rfc3339Text: $0) }),
      let run = json["run"].flatMap(Run.init), let job = json["job"].flatMap(Job.init)
    else { return nil }
    self.init(
      json["eventType"]?.string.flatMap(State.init) ?? .other, at: time, run: run, job: job,
      inputs: datasets(json["inputs"], LineageDataset.inputFactsKey),
      outputs: datasets(json["outputs"], LineageDataset.outputFactsKey))
  }

  /// The event on `line`; throws a `.data` fault when it is none.
  package init(parsing line: String, at place: Place? = nil) throws(Fault) {
    guard let event = RunEvent(try JSONValue(parsing: line, at: place)) else {
      throw Fault(
        .data, at: place, "not an OpenLineage run event",
        remedy: "give the lines that the tool ahead prints")
    }
    self = event
  }

  /// What happened, for a person: `silver.sales: 120 rows written, version 7`.
  package var sentence: String {
    let tables = outputs.map { output in
      let rows = output.facts[OutputStatisticsFacet.self]?.rowCount.map {
        "\(counted($0, "row")) written"
      }
      let version = output.facets[VersionFacet.self].map { "version \($0.version)" }
      let isView = job.facets[SQLFacet.self] != nil
      let change = output.facts[ChangeFacet.self]?.sentence(ofView: isView)
      let parts = [change ?? rows, version].compactMap { $0 }
      return parts.isEmpty
        ? output.name.name : "\(output.name.name): \(parts.joined(separator: ", "))"
    }
    let error = run.facets[ErrorMessageFacet.self].map { ": \($0.message)" } ?? ""
    if state == .complete && !tables.isEmpty { return tables.joined(separator: "; ") }
    return "\(job.name): \(state.rawValue.lowercased())\(error)"
  }
}

private func datasets(_ json: JSONValue?, _ factsKey: String) -> [LineageDataset] {
  (json?.array ?? []).compactMap { LineageDataset($0, factsKey: factsKey) }
}

/// One run of a job.
package struct Run: Equatable, Sendable {
  package var id: RunID
  package var facets: Facets

  package init(_ id: RunID, _ facets: Facets = Facets()) {
    self.id = id
    self.facets = facets
  }

  init?(_ json: JSONValue) {
    guard let id = json["runId"]?.string.flatMap({ RunID($0) }) else { return nil }
    self.init(id, Facets(json["facets"]))
  }

  var json: JSONValue { ["runId": .string(id.description), "facets": facets.json] }
}

/// A job: what runs, by name.
package struct Job: Hashable, Sendable {
  package var namespace: String
  package var name: String
  package var facets: Facets

  package init(_ name: String, in namespace: String, _ facets: Facets = Facets()) {
    self.namespace = namespace
    self.name = name
    self.facets = facets
  }

  init?(_ json: JSONValue) {
    guard let namespace = json["namespace"]?.string, let name = json["name"]?.string else {
      return nil
    }
    self.init(name, in: namespace, Facets(json["facets"]))
  }

  var json: JSONValue {
    ["namespace": .string(namespace), "name": .string(name), "facets": facets.json]
  }
}

/// A dataset that a run read or wrote: facets describe it, facts are of this reading or writing.
package struct LineageDataset: Equatable, Sendable {
  package var name: DatasetName
  package var facets: Facets
  /// The input or output facets, such as row counts.
  package var facts: Facets

  package init(_ name: DatasetName, _ facets: Facets = Facets(), facts: Facets = Facets()) {
    self.name = name
    self.facets = facets
    self.facts = facts
  }

  static let inputFactsKey = "inputFacets"
  static let outputFactsKey = "outputFacets"

  init?(_ json: JSONValue, factsKey: String) {
    guard let namespace = json["namespace"]?.string, let name = json["name"]?.string else {
      return nil
    }
    self.init(
      DatasetName(name, in: namespace), Facets(json["facets"]), facts: Facets(json[factsKey]))
  }

  func json(factsKey: String) -> JSONValue {
    [
      "namespace": .string(name.namespace), "name": .string(name.name), "facets": facets.json,
      factsKey: facts.json,
    ]
  }
}
