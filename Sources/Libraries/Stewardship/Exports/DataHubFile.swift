import Core
import JSON
import LakeJobs

/// The catalog as a metadata file of DataHub: a list of proposals, each an aspect of an entity.
struct DataHubFile {
  private let catalog: TableCatalog

  init(_ catalog: TableCatalog) { self.catalog = catalog }

  var proposals: [JSONValue] {
    catalog.glossary.terms.map(term) + labels.map(tag) + catalog.told.flatMap(proposals)
  }

  private func proposal(
    _ type: String, _ urn: String, _ aspect: String, _ content: JSONValue
  ) -> JSONValue {
    [
      "entityType": .string(type), "entityUrn": .string(urn), "changeType": "UPSERT",
      "aspectName": .string(aspect), "aspect": ["json": content],
    ]
  }

  // MARK: Terms and labels

  private func term(_ term: GlossaryTerm) -> JSONValue {
    proposal(
      "glossaryTerm", Self.urn(term: term.name), "glossaryTermInfo",
      [
        "name": .string(term.name), "definition": .string(term.text), "termSource": "INTERNAL",
        "customProperties": [:],
      ])
  }

  private var labels: [String] {
    Set(catalog.entries.flatMap { $0.columns.flatMap(\.labels) }).sorted()
  }

  private func tag(_ label: String) -> JSONValue {
    proposal(
      "tag", Self.urn(tag: label), "tagProperties", ["name": .string(label)])
  }

  // MARK: Tables

  private func proposals(_ entry: CatalogEntry) -> [JSONValue] {
    let urn = urn(entry)
    var aspects: [(String, JSONValue)] = [
      ("status", ["removed": .bool(entry.standing == .dropped)]),
      ("datasetProperties", properties(entry)),
    ]
    if !entry.columns.isEmpty { aspects.append(("schemaMetadata", schema(entry))) }
    if let owner = entry.owner {
      aspects.append(
        (
          "ownership",
          [
            "owners": [
              ["owner": .string("urn:li:corpuser:\(Self.escaped(owner))"), "type": "DATAOWNER"]
            ],
            "lastModified": stamp,
          ]
        ))
    }
    if !entry.terms.isEmpty { aspects.append(("glossaryTerms", terms(entry.terms))) }
    if !entry.upstream.isEmpty { aspects.append(("upstreamLineage", lineage(entry))) }
    return aspects.map { proposal("dataset", urn, $0.0, $0.1) }
  }

  private func properties(_ entry: CatalogEntry) -> JSONValue {
    let facts: [(String, String?)] = [
      ("kind", entry.kind.rawValue), ("layer", entry.layer), ("standing", entry.standing.rawValue),
      ("declared", entry.place.map { "\($0)" }), ("location", entry.location),
      ("version", entry.state?.version), ("rows", entry.state?.rowCount.map { "\($0)" }),
      ("domain", entry.domain),
    ]
    return .object(
      JSONObject(
        [
          ("name", .string(entry.name)),
          (
            "customProperties",
            .object(
              JSONObject(facts.compactMap { key, value in value.map { (key, .string($0)) } }))
          ), ("tags", []),
        ] + (entry.description.map { [("description", .string($0))] } ?? [])))
  }

  private func schema(_ entry: CatalogEntry) -> JSONValue {
    [
      "schemaName": .string(entry.name), "platform": .string(Self.platform(of: entry)),
      "version": 0, "hash": "",
      "platformSchema": ["com.linkedin.schema.OtherSchema": ["rawSchema": ""]],
      "fields": .array(entry.columns.map(field)),
    ]
  }

  private func field(_ column: CatalogColumn) -> JSONValue {
    var object: JSONObject = [
      "fieldPath": .string(column.name), "nullable": true, "recursive": false,
      "nativeDataType": .string(column.type ?? "unknown"),
      "type": [
        "type": .object(
          JSONObject([("com.linkedin.schema.\(Self.type(column.type))", .object(JSONObject()))]))
      ],
    ]
    if let text = column.description { object["description"] = .string(text) }
    if !column.terms.isEmpty { object["glossaryTerms"] = terms(column.terms) }
    if !column.labels.isEmpty {
      object["globalTags"] = [
        "tags": .array(column.labels.map { ["tag": .string(Self.urn(tag: $0))] })
      ]
    }
    return .object(object)
  }

  private func terms(_ names: [String]) -> JSONValue {
    [
      "terms": .array(names.map { ["urn": .string(Self.urn(term: $0))] }), "auditStamp": stamp,
    ]
  }

  // MARK: Lineage

  private func lineage(_ entry: CatalogEntry) -> JSONValue {
    let upstreams = entry.upstream.compactMap { catalog.entry(named: $0) }
    return [
      "upstreams": .array(
        upstreams.map {
          ["auditStamp": stamp, "dataset": .string(urn($0)), "type": "TRANSFORMED"]
        }),
      "fineGrainedLineages": .array(entry.columns.compactMap { lineage($0, of: entry) }),
    ]
  }

  private func lineage(_ column: CatalogColumn, of entry: CatalogEntry) -> JSONValue? {
    let sources = column.origins.compactMap { origin in
      catalog.entry(named: origin.table).map { urn(field: origin.column, of: $0) }
    }.withoutRepeats
    guard !sources.isEmpty else { return nil }
    var object: JSONObject = [
      "upstreamType": "FIELD_SET", "upstreams": .array(sources.map { .string($0) }),
      "downstreamType": "FIELD", "downstreams": [.string(urn(field: column.name, of: entry))],
      "confidenceScore": 1.0,
    ]
    if let expression = column.expression { object["transformOperation"] = .string(expression) }
    return .object(object)
  }

  /// The catalog is what it is because its files say so; times and names of its own it has none.
  private var stamp: JSONValue { ["time": 0, "actor": "urn:li:corpuser:medallion"] }

  // MARK: Names

  private func urn(_ entry: CatalogEntry) -> String {
    "urn:li:dataset:(\(Self.platform(of: entry)),\(Self.escaped(entry.name)),PROD)"
  }

  private func urn(field: String, of entry: CatalogEntry) -> String {
    "urn:li:schemaField:(\(urn(entry)),\(Self.escaped(field)))"
  }

  private static func urn(term: String) -> String { "urn:li:glossaryTerm:\(escaped(term))" }

  private static func urn(tag: String) -> String { "urn:li:tag:\(escaped(tag))" }

  private static func platform(of entry: CatalogEntry) -> String {
    let name =
      switch entry.kind {
      case .sourceTable: entry.format == "postgresql" ? "postgres" : entry.format ?? "file"
      case .files, .bronzeTable: "file"
      case .streamingTable, .materializedView, .quarantine, .strayTable: "delta-lake"
      case .dimension, .fact, .warehouseTable: "sqlite"
      }
    return "urn:li:dataPlatform:\(name)"
  }

  /// A part of a name that parts nothing.
  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-._@/:".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + hexText([byte]).uppercased()
    }.joined()
  }

  private static func type(_ type: String?) -> String {
    let word = (type ?? "").prefix { $0.isLetter }.uppercased()
    return switch word {
    case "BOOLEAN": "BooleanType"
    case "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL": "NumberType"
    case "DATE": "DateType"
    case "TIMESTAMP": "TimeType"
    case "BINARY": "BytesType"
    case "ARRAY": "ArrayType"
    case "MAP": "MapType"
    case "STRUCT": "RecordType"
    case "STRING": "StringType"
    default: "NullType"
    }
  }
}
