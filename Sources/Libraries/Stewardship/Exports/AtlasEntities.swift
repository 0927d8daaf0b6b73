import Core
import JSON

/// The catalog as entities of Atlas, all in one bulk: tables, their columns, and a process for each
/// table that is made from others.
struct AtlasEntities {
  private let catalog: TableCatalog
  private let entries: [CatalogEntry]
  /// Numbers below zero stand for what Atlas will name.
  private let tables: [String: Int]

  init(_ catalog: TableCatalog) {
    self.catalog = catalog
    entries = catalog.told.filter { $0.standing != .dropped }
    tables = Dictionary(
      entries.enumerated().map { ($0.element.name, -($0.offset + 1)) }, uniquingKeysWith: { $1 })
  }

  var json: JSONValue {
    var next = -(entries.count + 1)
    var all = entries.map(table)
    for entry in entries {
      for column in entry.columns {
        all.append(self.column(column, of: entry, next))
        next -= 1
      }
    }
    for entry in entries {
      let inputs = entry.upstream.filter { tables[$0] != nil }
      guard !inputs.isEmpty else { continue }
      all.append(job(entry, inputs, next))
      next -= 1
    }
    return ["referredEntities": [:], "entities": .array(all)]
  }

  private func entity(
    _ type: String, _ guid: Int, _ attributes: [(String, JSONValue?)],
    _ relations: [(String, JSONValue)] = []
  ) -> JSONValue {
    [
      "typeName": .string(type), "guid": .string("\(guid)"), "status": "ACTIVE",
      "attributes": .object(
        JSONObject(attributes.compactMap { key, value in value.map { (key, $0) } })),
      "relationshipAttributes": .object(JSONObject(relations)),
    ]
  }

  private func table(_ entry: CatalogEntry) -> JSONValue {
    entity(
      AtlasTypes.table, tables[entry.name] ?? 0,
      [
        ("qualifiedName", .string(Self.name(entry.name))), ("name", .string(entry.name)),
        ("description", text(entry.description)), ("owner", text(entry.owner)),
        ("kind", .string(entry.kind.rawValue)), ("layer", .string(entry.layer)),
        ("standing", .string(entry.standing.rawValue)),
        ("declared", text(entry.place.map { "\($0)" })), ("location", text(entry.location)),
        ("version", text(entry.state?.version)),
        ("rows", entry.state?.rowCount.map { JSONValue($0) }),
      ])
  }

  private func column(_ column: CatalogColumn, of entry: CatalogEntry, _ guid: Int) -> JSONValue {
    entity(
      AtlasTypes.column, guid,
      [
        ("qualifiedName", .string(Self.name("\(entry.name)#\(column.name)"))),
        ("name", .string(column.name)), ("description", text(column.description)),
        ("owner", text(entry.owner)), ("data_type", text(column.type)),
        ("expression", text(column.expression)), ("labels", list(column.labels)),
        ("terms", list(column.terms)),
      ], [("table", reference(AtlasTypes.table, tables[entry.name] ?? 0))])
  }

  private func job(_ entry: CatalogEntry, _ inputs: [String], _ guid: Int) -> JSONValue {
    entity(
      AtlasTypes.job, guid,
      [
        ("qualifiedName", .string(Self.name("job \(entry.name)"))),
        ("name", .string("job \(entry.name)")),
        (
          "inputs",
          .array(inputs.compactMap { tables[$0] }.map { reference(AtlasTypes.table, $0) })
        ), ("outputs", [reference(AtlasTypes.table, tables[entry.name] ?? 0)]),
      ])
  }

  private func reference(_ type: String, _ guid: Int) -> JSONValue {
    ["typeName": .string(type), "guid": .string("\(guid)")]
  }

  private static func name(_ name: String) -> String { "medallion://\(name)" }

  private func text(_ text: String?) -> JSONValue? { text.map { .string($0) } }

  private func list(_ texts: [String]) -> JSONValue? {
    texts.isEmpty ? nil : .array(texts.map { .string($0) })
  }
}
