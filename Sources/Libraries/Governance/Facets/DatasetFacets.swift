package import JSON

/// The columns of a dataset.
package struct SchemaFacet: Facet {
  /// A column, or a member of one: its name and its type in the words of SQL.
  package struct Field: Hashable, Sendable {
    package var name: String
    package var type: String
    package var description: String?

    package init(_ name: String, _ type: String, description: String? = nil) {
      self.name = name
      self.type = type
      self.description = description
    }
  }

  package static let key = "schema"
  package static let schema = OpenLineage.schema("SchemaDatasetFacet", "1-2-0")

  package var fields: [Field]

  package init(_ fields: [Field]) { self.fields = fields }

  package init?(_ members: JSONObject) {
    self.init(
      (members["fields"]?.array ?? []).compactMap { field in
        field["name"]?.string.map { name in
          Field(name, field["type"]?.string ?? "", description: field["description"]?.string)
        }
      })
  }

  package var members: JSONObject {
    [
      "fields": .array(
        fields.map { field in
          .object(
            JSONObject(present: [
              ("name", .string(field.name)), ("type", .string(field.type)),
              ("description", field.description.map { .string($0) }),
            ]))
        })
    ]
  }
}

/// Which version of a dataset was read or written.
package struct VersionFacet: Facet {
  package static let key = "version"
  package static let schema = OpenLineage.schema("DatasetVersionDatasetFacet", "1-0-1")

  package var version: String

  package init(_ version: String) { self.version = version }

  package init?(_ members: JSONObject) {
    guard let version = members["datasetVersion"]?.string else { return nil }
    self.init(version)
  }

  package var members: JSONObject { ["datasetVersion": .string(version)] }
}

/// How a dataset is kept: `delta` and `parquet`, say.
package struct StorageFacet: Facet {
  package static let key = "storage"
  package static let schema = OpenLineage.schema("StorageDatasetFacet", "1-0-1")

  package var layer: String
  package var fileFormat: String?

  package init(_ layer: String, fileFormat: String? = nil) {
    self.layer = layer
    self.fileFormat = fileFormat
  }

  package init?(_ members: JSONObject) {
    guard let layer = members["storageLayer"]?.string else { return nil }
    self.init(layer, fileFormat: members["fileFormat"]?.string)
  }

  package var members: JSONObject {
    JSONObject(present: [
      ("storageLayer", .string(layer)), ("fileFormat", fileFormat.map { .string($0) }),
    ])
  }
}

/// What a dataset is, in words.
package struct DocumentationFacet: Facet {
  package static let key = "documentation"
  package static let schema = OpenLineage.schema("DocumentationDatasetFacet", "1-1-0")

  package var text: String

  package init(_ text: String) { self.text = text }

  package init?(_ members: JSONObject) {
    guard let text = members["description"]?.string else { return nil }
    self.init(text)
  }

  package var members: JSONObject { ["description": .string(text)] }
}

/// Who answers for a dataset.
package struct OwnershipFacet: Facet {
  package static let key = "ownership"
  package static let schema = OpenLineage.schema("OwnershipDatasetFacet", "1-0-1")

  package var owners: [String]

  package init(_ owners: [String]) { self.owners = owners }

  package init?(_ members: JSONObject) {
    self.init((members["owners"]?.array ?? []).compactMap { $0["name"]?.string })
  }

  package var members: JSONObject {
    ["owners": .array(owners.map { ["name": .string($0)] })]
  }
}
