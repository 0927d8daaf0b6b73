import Columnar
import Core
import Engine

/// Gathers the statements of job files into contracts, views, datasets and flows.
struct JobReader {
  let lake: Lake
  let defaultSchema: String
  private(set) var contracts: [LakeTableName: BronzeContract] = [:]
  private(set) var views: [String: JobView] = [:]
  /// Those of the files that were read, in that order.
  private(set) var digests: [String] = []
  private var declared: [LakeTableName: (syntax: DatasetSyntax, isStream: Bool, text: String)] = [:]
  private var flows: [LakeTableName: [(flow: Flow, text: String)]] = [:]

  init(lake: Lake, defaultSchema: String) {
    self.lake = lake
    self.defaultSchema = defaultSchema
  }

  /// Reads the script of schemas and bronze contracts.
  mutating func readSetup(_ file: String) throws {
    for statement in try statements(of: file) {
      switch statement.kind {
      case .schema(let schema): try check(schema, statement)
      case .repairTable: continue
      case .table(let table): try add(table)
      default:
        throw Fault(
          .configuration, at: statement.place, "only schemas and tables are set up here",
          remedy: "move the statement to a file under silver, gold or warehouse")
      }
    }
  }

  /// Reads a file of datasets, flows and views.
  mutating func readJobs(_ file: String) throws {
    for statement in try statements(of: file) {
      switch statement.kind {
      case .streamingTable(let dataset): try add(dataset, isStream: true, statement)
      case .materializedView(let dataset): try add(dataset, isStream: false, statement)
      case .temporaryView(let view): try add(view, statement)
      case .flow(let flow): try add(flow, statement)
      case .query, .explain, .listing, .schema, .table, .repairTable:
        throw Fault(
          .configuration, at: statement.place, "a pipeline's job file cannot hold this statement",
          remedy: "create schemas and bronze tables in setup.sql, run queries with lake-sql")
      }
    }
  }

  /// The datasets with their flows; those with a fault that `isSpared` passes over are left out.
  func finishedDatasets(
    sparing isSpared: (Fault) -> Bool
  ) throws(Fault) -> [LakeTableName: Dataset] {
    var datasets: [LakeTableName: Dataset] = [:]
    for (target, found) in flows where declared[target]?.isStream != true {
      let fault = Fault(
        .configuration, at: found[0].flow.place, "'\(target)' is not a streaming table",
        remedy: "declare it with CREATE STREAMING TABLE \(target)")
      guard isSpared(fault) else { throw fault }
    }
    for (name, entry) in declared {
      do throws(Fault) {
        datasets[name] = try dataset(name, entry.syntax, isStream: entry.isStream, entry.text)
      } catch {
        guard isSpared(error) else { throw error }
      }
    }
    return datasets
  }

  private func dataset(
    _ name: LakeTableName, _ syntax: DatasetSyntax, isStream: Bool, _ text: String
  ) throws(Fault) -> Dataset {
    try TableProperties.check(syntax, name)
    let fed = flows[name] ?? []
    for (flow, _) in fed { try checkAddresses(flow.readTables, flow.place) }
    try checkAddresses(syntax.query?.readTables ?? [], syntax.place)
    let body: Dataset.Body
    if isStream {
      guard !fed.isEmpty else {
        throw Fault(
          .configuration, at: syntax.place, "nothing feeds the streaming table '\(name)'",
          remedy: "add 'CREATE FLOW … AS AUTO CDC INTO \(name)' or a query after AS")
      }
      body = .streamingTable(fed.map(\.flow))
    } else if let query = syntax.query {
      body = .materializedView(query)
    } else {
      throw Fault(
        .configuration, at: syntax.place, "the materialized view '\(name)' has no query",
        remedy: "add AS SELECT …")
    }
    let partitionColumns =
      syntax.properties.first { $0.key == "partition.by" }.map {
        $0.value.split(separator: ",").map { String($0.trimmed) }
      } ?? syntax.partitionedBy
    let dataset = Dataset(
      name: name, body: body, comment: syntax.comment,
      columnComments: Dictionary(
        syntax.columns.compactMap { column in column.comment.map { (column.field.name, $0) } },
        uniquingKeysWith: { $1 }),
      properties: syntax.properties,
      expectations: try Expectation.parse(syntax.properties), partitionColumns: partitionColumns,
      place: syntax.place,
      digest: digest(text, fed.map(\.text), reading: readTables(of: body)))
    try dataset.checkChangeProperties()
    try dataset.checkColumnProperties()
    try dataset.checkSealProperties()
    return dataset
  }

  private func readTables(of body: Dataset.Body) -> [TableName] {
    switch body {
    case .materializedView(let query): query.readTables
    case .streamingTable(let flows): flows.flatMap(\.readTables)
    }
  }

  /// Covers the statement, its flows, and what they read of views and bronze tables: those of other
  /// jobs change no result of this one. A bronze table has the columns that are declared, and a
  /// flow may take all of them.
  private func digest(
    _ text: String, _ flowTexts: [String], reading tables: [TableName]
  ) -> String {
    var texts: [String: String] = [:]
    var left = tables
    while let table = left.popLast() {
      let name = table.description.lowercased()
      guard texts[name] == nil else { continue }
      if let view = views[name] {
        texts[name] = view.text
        left += view.syntax.query.readTables
      } else if let contract = contracts.first(where: { "\($0.key)" == name })?.value {
        let fields = contract.schema.fields.map { "\($0.name) \($0.type.sql)" }
        texts[name] = fields.joined(separator: ", ")
      }
    }
    let viewTexts = texts.sorted { $0.key < $1.key }.map(\.value)
    let all = ([text] + flowTexts + viewTexts).joined(separator: "\u{0}")
    return SHA256.hex(of: all)
  }

  private mutating func add(_ table: TableSyntax) throws(Fault) {
    let name = try tableName(table.name, table.place)
    try check(name, isOneOf: ["bronze"], table.place)
    let format = (table.format ?? "parquet").lowercased()
    guard ["json", "csv", "parquet"].contains(format) else {
      throw Fault(
        .configuration, at: table.place, "'\(format)' is not a format of bronze files",
        remedy: "use json, csv or parquet")
    }
    let folder = try TableLocation(name, table, lake).folder()
    try check(table.columns.map(\.field), table.place)
    guard contracts[name] == nil else { throw Self.twice("\(name)", table.place) }
    try TableProperties.check(bronze: table.properties)
    try FileOptions.check(table.options, of: format)
    let contract = BronzeContract(
      name: name, comment: table.comment, schema: Schema(table.columns.map(\.field)),
      format: format,
      options: Self.byKey(table.options), properties: Self.byKey(table.properties),
      partitionColumns: table.partitionedBy, folder: folder, place: table.place)
    try contract.checkSeal(table.place)
    contracts[name] = contract
  }

  /// Columns of files are named by those who send them: their names may be anything that can be
  /// seen.
  private func check(_ columns: [Field], _ place: Place) throws(Fault) {
    for column in columns {
      try NameRule.check(column.name, "a column's name", at: place)
      var type = column.type
      while case .array(let element, _) = type { type = element }
      try check(type.fields, place)
    }
  }

  /// A schema's own LOCATION is Spark's alone, but must not be a place that we do not write to.
  private func check(_ schema: SchemaSyntax, _ statement: Statement) throws(Fault) {
    try TableProperties.check(schema)
    if let location = schema.location {
      _ = try FileAddress.path(location, .configuration, at: statement.place)
    }
  }

  /// Refuses files that a query reads at an address that is not understood.
  private func checkAddresses(_ tables: [TableName], _ place: Place) throws(Fault) {
    for table in tables where table.parts.count == 2 {
      _ = try FileAddress.path(table.parts[1], .configuration, at: place)
    }
  }

  /// Refuses a table of a schema that no tool looks after.
  private func check(
    _ name: LakeTableName, isOneOf schemas: [String], _ place: Place
  ) throws(Fault) {
    guard !schemas.contains(name.schema) else { return }
    let known = KnownNames("a schema of tables declared here", schemas)
    throw known.fault(name.schema, at: place)
  }

  private mutating func add(
    _ syntax: DatasetSyntax, isStream: Bool, _ statement: Statement
  ) throws(Fault) {
    let name = try tableName(syntax.name, syntax.place)
    try check(name, isOneOf: ["silver", "gold", "warehouse"], syntax.place)
    guard declared[name] == nil else { throw Self.twice("\(name)", syntax.place) }
    declared[name] = (syntax, isStream, statement.text)
    guard isStream else { return }
    if let query = syntax.query {
      let flow = Flow(name: name.name, body: .append(query), place: syntax.place)
      flows[name, default: []].append((flow, ""))
    }
    if let change = syntax.changeFlow {
      let flow = Flow(name: name.name, body: .autoCDC(change), place: syntax.place)
      flows[name, default: []].append((flow, ""))
    }
  }

  private mutating func add(_ view: ViewSyntax, _ statement: Statement) throws(Fault) {
    let name = view.name.description.lowercased()
    guard views[name] == nil else { throw Self.twice(name, view.place) }
    try NameRule.check(table: name, at: view.place)
    try TableProperties.check(view)
    try checkAddresses(view.query.readTables, view.place)
    views[name] = JobView(syntax: view, text: statement.text)
  }

  private mutating func add(_ syntax: FlowSyntax, _ statement: Statement) throws(Fault) {
    let target = try tableName(syntax.target, syntax.place)
    let body: Flow.Body =
      switch syntax.body {
      case .append(let query): .append(query)
      case .autoCDC(let change): .autoCDC(change)
      }
    let name = syntax.name.description.lowercased()
    try NameRule.check(table: name, at: syntax.place)
    let flow = Flow(name: name, body: body, place: syntax.place)
    flows[target, default: []].append((flow, statement.text))
  }

  private func tableName(_ name: TableName, _ place: Place) throws(Fault) -> LakeTableName {
    guard let table = LakeTableName(name.description, defaultSchema: defaultSchema) else {
      throw Fault(
        .configuration, at: place, "'\(name)' is not a table's name",
        remedy: "write schema.name")
    }
    try NameRule.check(table: table.name, at: place)
    return table
  }

  private mutating func statements(of file: String) throws -> [Statement] {
    let bytes = try lake.fileSystem.readHandwritten(file)
    digests.append(hexText(SHA256.digest(of: bytes)))
    return try SQLScript.parse(text: String(decoding: bytes, as: UTF8.self), file: file)
  }

  private static func byKey(_ properties: [PropertySyntax]) -> [String: String] {
    Dictionary(properties.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
  }

  private static func twice(_ name: String, _ place: Place) -> Fault {
    Fault(
      .configuration, at: place, "'\(name)' is defined twice",
      remedy: "remove or rename one of the two")
  }
}
