package import JSON

/// Which columns the columns of a dataset were made from.
package struct ColumnLineageFacet: Facet {
  package static let key = "columnLineage"
  package static let schema = OpenLineage.schema("ColumnLineageDatasetFacet", "1-2-0")

  /// What one column, or with nil every row, was made from.
  package struct Sources: Equatable, Sendable {
    package var column: String?
    package var inputs: [Input]
  }

  /// An input column and what it did.
  package struct Input: Hashable, Sendable {
    package var dataset: DatasetName
    package var column: String
    package var influences: [Influence]
  }

  package var sources: [Sources]

  /// The facet of the dataset `output`, from those of `edges` that lead to it.
  package init(of output: DatasetName, _ edges: [ColumnEdge]) {
    sources = []
    for edge in edges where edge.output == output {
      if !sources.contains(where: { $0.column == edge.outputColumn }) {
        sources.append(Sources(column: edge.outputColumn, inputs: []))
      }
      let index = sources.firstIndex { $0.column == edge.outputColumn } ?? 0
      sources[index].add(edge)
    }
  }

  package init?(_ members: JSONObject) {
    guard let fields = members["fields"]?.object else { return nil }
    sources = fields.members.map { field in
      Sources(column: field.key, inputs: inputs(field.value["inputFields"]))
    }
    let ofAllRows = inputs(members["dataset"])
    if !ofAllRows.isEmpty { sources.append(Sources(column: nil, inputs: ofAllRows)) }
  }

  /// The edges that lead to the dataset `output`, whose facet this is.
  package func edges(to output: DatasetName) -> [ColumnEdge] {
    sources.flatMap { source in
      source.inputs.flatMap { input in
        input.influences.map { influence in
          ColumnEdge(
            from: input.dataset, input.column, to: output, source.column, influence)
        }
      }
    }
  }

  package var members: JSONObject {
    let fields = sources.compactMap { source in
      source.column.map { name in
        (name, ["inputFields": .array(source.inputs.map(\.json))] as JSONValue)
      }
    }
    let ofAllRows = sources.first { $0.column == nil }?.inputs ?? []
    return JSONObject(present: [
      ("fields", .object(JSONObject(fields))),
      ("dataset", ofAllRows.isEmpty ? nil : .array(ofAllRows.map(\.json))),
    ])
  }
}

extension ColumnLineageFacet.Sources {
  fileprivate mutating func add(_ edge: ColumnEdge) {
    let known = inputs.firstIndex { $0.dataset == edge.input && $0.column == edge.inputColumn }
    if let known {
      if !inputs[known].influences.contains(edge.influence) {
        inputs[known].influences.append(edge.influence)
      }
    } else {
      inputs.append(
        .init(dataset: edge.input, column: edge.inputColumn, influences: [edge.influence]))
    }
  }
}

extension ColumnLineageFacet.Input {
  fileprivate var json: JSONValue {
    [
      "namespace": .string(dataset.namespace), "name": .string(dataset.name),
      "field": .string(column), "transformations": .array(influences.map(\.json)),
    ]
  }
}

/// The inputs in a facet's JSON; one that names no transformation counts as a transformation.
private func inputs(_ json: JSONValue?) -> [ColumnLineageFacet.Input] {
  (json?.array ?? []).compactMap { field in
    guard let namespace = field["namespace"]?.string, let name = field["name"]?.string,
      let column = field["field"]?.string
    else { return nil }
    let influences = (field["transformations"]?.array ?? []).compactMap(Influence.init)
    return ColumnLineageFacet.Input(
      dataset: DatasetName(name, in: namespace), column: column,
      influences: influences.isEmpty ? [Influence(.transformation)] : influences)
  }
}
