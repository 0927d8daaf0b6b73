package import Core
package import JSON

/// What is known of a dataset, whatever run made it: OpenLineage's dataset event.
package struct DatasetEvent: Equatable, Sendable {
  package var time: Timestamp
  package var dataset: LineageDataset

  package init(at time: Timestamp, _ dataset: LineageDataset) {
    self.time = time
    self.dataset = dataset
  }

  /// The event as OpenLineage 2-0-2 writes it.
  package var json: JSONValue {
    [
      "eventTime": .string(time.description), "producer": .string(OpenLineage.producer),
      "schemaURL": .string(OpenLineage.datasetEventSchema),
      "dataset": [
        "namespace": .string(dataset.name.namespace), "name": .string(dataset.name.name),
        "facets": dataset.facets.json,
      ],
    ]
  }
}
