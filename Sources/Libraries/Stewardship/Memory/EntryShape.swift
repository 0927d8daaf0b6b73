import Governance
import JSON

/// What is remembered of an entry: what it looked like, and not how many rows it had.
package struct EntryShape: Sendable, Equatable {
  /// What is remembered of a column.
  package struct Column: Sendable, Equatable {
    package var name: String
    package var type: String?
    package var description: String?
    package var terms: [String]
    package var labels: [String]
  }

  package var name: String
  package var kind: String
  package var layer: String
  package var identity: String?
  package var owner: String?
  package var description: String?
  package var terms: [String]
  package var columns: [Column]

  package init(_ entry: CatalogEntry) {
    name = entry.name
    kind = entry.kind.rawValue
    layer = entry.layer
    identity = entry.identity
    owner = entry.owner
    description = entry.description
    terms = entry.terms
    columns = entry.columns.map { column in
      Column(
        name: column.name, type: column.type, description: column.description,
        terms: column.terms, labels: column.labels)
    }
  }

  /// The entry that it was, as far as that is remembered.
  var entry: CatalogEntry {
    var entry = CatalogEntry(table: name, CatalogEntry.Kind(rawValue: kind) ?? .strayTable)
    entry.layer = layer
    entry.identity = identity
    entry.owner = owner
    entry.description = description
    entry.terms = terms
    entry.columns = columns.map { known in
      var column = CatalogColumn(known.name, known.type)
      column.description = known.description
      column.terms = known.terms
      column.labels = known.labels
      return column
    }
    return entry
  }
}

extension EntryShape {
  init?(_ json: JSONValue?) {
    guard let json, let name = json["name"]?.string, let kind = json["kind"]?.string else {
      return nil
    }
    self.name = name
    self.kind = kind
    layer = json["layer"]?.string ?? String(name.prefix { $0 != "." })
    identity = json["identity"]?.string
    owner = json["owner"]?.string
    description = json["description"]?.string
    terms = texts(json["terms"])
    columns = (json["columns"]?.array ?? []).compactMap { column in
      column["name"]?.string.map { name in
        Column(
          name: name, type: column["type"]?.string, description: column["description"]?.string,
          terms: texts(column["terms"]), labels: texts(column["labels"]))
      }
    }
  }

  var json: JSONValue {
    .object(
      JSONObject(present: [
        ("name", .string(name)), ("kind", .string(kind)), ("layer", .string(layer)),
        ("identity", identity.map { .string($0) }), ("owner", owner.map { .string($0) }),
        ("description", description.map { .string($0) }), ("terms", list(terms)),
        (
          "columns",
          .array(
            columns.map { column in
              .object(
                JSONObject(present: [
                  ("name", .string(column.name)), ("type", column.type.map { .string($0) }),
                  ("description", column.description.map { .string($0) }),
                  ("terms", list(column.terms)), ("labels", list(column.labels)),
                ]))
            })
        ),
      ]))
  }
}

private func texts(_ json: JSONValue?) -> [String] {
  (json?.array ?? []).compactMap(\.string)
}

private func list(_ texts: [String]) -> JSONValue? {
  texts.isEmpty ? nil : .array(texts.map { .string($0) })
}
