import Columnar
import Core
import Engine

/// What SHOW and DESCRIBE answer, in Spark's columns.
struct Listing {
  private let catalog: any Catalog
  private let views: [ViewSyntax]
  private let binder: Binder

  init(_ catalog: any Catalog, _ views: [ViewSyntax], _ binder: Binder) {
    self.catalog = catalog
    self.views = views
    self.binder = binder
  }

  /// The rows that answer `syntax`.
  func rows(_ syntax: ListingSyntax) throws -> BatchList {
    switch syntax {
    case .tables(let schema, let pattern): return try tables(schema, pattern)
    case .schemas(let pattern):
      let names = Set(try catalog.listedTables().compactMap(\.schema)).sorted()
      return texts(["namespace"], names.filter { matches($0, pattern) }.map { [$0] })
    case .columns(let table):
      return texts(["col_name"], try schema(of: table).fields.map { [$0.name] })
    case .description(let table): return description(try schema(of: table))
    case .query(let query): return description(try binder.bind(query).schema)
    }
  }

  private func tables(_ schema: String?, _ pattern: String?) throws -> BatchList {
    var rows: [[String]] = []
    for table in try catalog.listedTables()
    where schema == nil || table.schema?.lowercased() == schema?.lowercased() {
      rows.append([table.schema ?? "", table.parts[table.parts.count - 1], "false"])
    }
    // A temporary view belongs to no schema; one of a stream cannot be asked.
    if schema == nil {
      rows += views.filter { !$0.query.tableReferences.contains(where: \.isStream) }
        .map { ["", $0.name.description, "true"] }
    }
    rows = rows.filter { matches($0[1], pattern) }
      .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    let columns = [texts(rows.map { $0[0] }), texts(rows.map { $0[1] })]
    let isTemporary = Column(
      .boolean, count: rows.count, .boolean(rows.map { $0[2] == "true" }))
    let fields = [
      Field("namespace", .string), Field("tableName", .string), Field("isTemporary", .boolean),
    ]
    return BatchList(
      Schema(fields),
      [Batch(Schema(fields), columns + [isTemporary], rowCount: rows.count)])
  }

  private func schema(of table: TableReferenceSyntax) throws -> Schema {
    try binder.bind(table).schema
  }

  private func description(_ schema: Schema) -> BatchList {
    texts(
      ["col_name", "data_type", "comment"],
      schema.fields.map { [$0.name, $0.type.sql.lowercased(), $0.metadata["comment"]] })
  }

  private func texts(_ names: [String], _ rows: [[String?]]) -> BatchList {
    let schema = Schema(names.map { Field($0, .string) })
    let columns = names.indices.map { index in texts(rows.map { $0[index] }) }
    return BatchList(schema, [Batch(schema, columns, rowCount: rows.count)])
  }

  private func texts(_ values: [String?]) -> Column {
    let column = ColumnBuilder(.string, capacity: values.count)
    for value in values { column.append(value.map { .string($0) } ?? .null) }
    return column.finish()
  }

  /// Whether a name fits a pattern of SHOW, letter case aside: `*` is any text, `|` parts choices.
  private func matches(_ name: String, _ pattern: String?) -> Bool {
    guard let pattern else { return true }
    return pattern.split(separator: "|", omittingEmptySubsequences: false).contains { choice in
      fits(name.lowercased()[...], choice.lowercased()[...])
    }
  }

  private func fits(_ name: Substring, _ pattern: Substring) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    let rest = pattern.dropFirst()
    if first == "*" { return (0...name.count).contains { fits(name.dropFirst($0), rest) } }
    return name.first == first && fits(name.dropFirst(), rest)
  }
}

extension TableName {
  /// What stands before the last part; nil for a name of one.
  fileprivate var schema: String? {
    parts.count > 1 ? parts.dropLast().joined(separator: ".") : nil
  }
}
