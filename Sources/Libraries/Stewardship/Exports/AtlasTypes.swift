import JSON

/// The types of what is told to Atlas, which Atlas has to be given first: Purview takes the same.
enum AtlasTypes {
  static let table = "medallion_table"
  static let column = "medallion_column"
  static let job = "medallion_job"

  static var json: JSONValue {
    [
      "enumDefs": [], "structDefs": [], "classificationDefs": [],
      "entityDefs": [
        entity(
          table, "DataSet", ["kind", "layer", "standing", "declared", "location", "version"],
          [("rows", "long")]),
        entity(
          column, "DataSet", ["data_type", "expression"],
          [("labels", "array<string>"), ("terms", "array<string>")]),
        entity(job, "Process", [], []),
      ],
      "relationshipDefs": [
        [
          "name": "medallion_table_columns", "typeVersion": "1.0",
          "relationshipCategory": "COMPOSITION", "propagateTags": "NONE",
          "endDef1": end(table, "columns", isContainer: true, "SET"),
          "endDef2": end(column, "table", isContainer: false, "SINGLE"),
        ]
      ],
    ]
  }

  private static func entity(
    _ name: String, _ parent: String, _ texts: [String], _ others: [(String, String)]
  ) -> JSONValue {
    [
      "category": "ENTITY", "name": .string(name), "superTypes": [.string(parent)],
      "typeVersion": "1.0",
      "attributeDefs": .array(
        (texts.map { ($0, "string") } + others).map { name, type in
          [
            "name": .string(name), "typeName": .string(type), "isOptional": true,
            "cardinality": type.hasPrefix("array") ? "SET" : "SINGLE", "valuesMinCount": 0,
            "valuesMaxCount": type.hasPrefix("array") ? 1_000 : 1, "isUnique": false,
            "isIndexable": false,
          ]
        }),
    ]
  }

  private static func end(
    _ type: String, _ name: String, isContainer: Bool, _ cardinality: String
  ) -> JSONValue {
    [
      "type": .string(type), "name": .string(name), "isContainer": .bool(isContainer),
      "cardinality": .string(cardinality),
    ]
  }
}
