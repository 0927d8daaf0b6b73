import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import Lakehouse
import Refresh
import WarehouseJobs

/// Finds what a lake knows of a person: its keys, by rows in which two of them stand together, and
/// the values that tell it, by the labels of columns in its rows.
struct PersonSearch {
  /// Labels of values that tell a person wherever they stand; of all others only rows tell.
  private static let telling: Set<String> = ["email", "phone", "iban", "card", "national_id", "ip"]

  private let workspace: Workspace
  private let runner: QueryRunner
  private let catalog: LakeCatalog
  private let jobs: BoundJobs

  init(_ workspace: Workspace, _ context: QueryContext) throws {
    self.workspace = workspace
    catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    runner = QueryRunner(catalog: catalog, context: context, views: workspace.jobs.viewSyntax)
    jobs = try BoundJobs(workspace, complete: StarLineage.complete)
    if let fault = jobs.faults.first { throw fault }
  }

  /// What the columns of a table say of persons of a kind.
  func roles(of table: LakeTableName, _ kind: SubjectsFile.Kind) -> RowRoles {
    var personal: Set<String> = []
    for source in sources(of: table) {
      for (column, labels) in jobs.labels(of: source) where labels.contains(where: isPersonal) {
        personal.insert(column.lowercased())
      }
    }
    return RowRoles(keys: Set(kind.keys), personal: personal.subtracting(kind.keys))
  }

  /// The tables whose labels count for rows of `table`: what was set aside from it is as its inputs
  /// have it.
  private func sources(of table: LakeTableName) -> [LakeTableName] {
    if table.schema == "warehouse", workspace.jobs.datasets[table] == nil {
      // What a load brings lies in tables of its own, in columns of those that it is for.
      return workspace.jobs.ordered(schema: "warehouse").map(\.name)
    }
    guard table.schema == "quarantine" else { return [table] }
    let known = workspace.jobs.tableNames.filter { $0.name == table.name }
    return known + known.compactMap { workspace.jobs.datasets[$0] }.flatMap(workspace.jobs.inputs)
  }

  private func isPersonal(_ label: String) -> Bool {
    jobs.labels?.file.labels[label].map { $0.sensitivity != .internal } ?? false
  }

  /// Throws `.configuration` where a bronze table holds keys of persons and nobody has said what
  /// some of its columns hold: it cannot be told whether they go with a person.
  private func checkLabels(_ kind: SubjectsFile.Kind) throws(Fault) {
    for contract in workspace.jobs.contracts.values.sorted(by: { $0.name < $1.name }) {
      let columns = contract.schema.names
      guard columns.contains(where: { kind.keys.contains($0.lowercased()) }) else { continue }
      let labels = jobs.labels(of: contract.name)
      let open = columns.first {
        labels[$0]?.contains(Label.restricted) == true && !kind.keys.contains($0.lowercased())
      }
      guard let open else { continue }
      throw Fault(
        .configuration, at: contract.place,
        "nobody has said what '\(open)' of '\(contract.name)' holds, beside keys of persons",
        remedy: "say it in labels.yml: a label, or 'none'")
    }
  }

  /// The person whom `keys` name, by column; nil when no table knows one of them.
  func person(_ kind: SubjectsFile.Kind, _ keys: [String: Set<String>]) throws -> Person? {
    try checkLabels(kind)
    var found = keys
    var values: Set<String> = []
    var isKnown = false
    var before = -1
    // Until nothing more is found: a key found in one table may lead to another in the next.
    while before != found.values.reduce(0, { $0 + $1.count }) {
      before = found.values.reduce(0) { $0 + $1.count }
      for table in try tables() {
        isKnown = try look(in: table, kind, &found, &values) || isKnown
      }
    }
    guard isKnown else { return nil }
    let keys = found.mapValues { keys in
      Dictionary(uniqueKeysWithValues: keys.map { ($0, Person.newSubstitute(for: $0)) })
    }
    return Person(kind: kind.name, keys: keys, values: values.filter(Person.isTelling))
  }

  private func tables() throws -> [LakeTableName] {
    try catalog.listedTables().compactMap { LakeTableName($0.description) }.filter { name in
      ["bronze", "silver", "gold"].contains(name.schema)
    }
  }

  /// Adds what the rows of the keys found so far tell; whether there were any.
  private func look(
    in table: LakeTableName, _ kind: SubjectsFile.Kind, _ found: inout [String: Set<String>],
    _ values: inout Set<String>
  ) throws -> Bool {
    let present = try catalog.presentTable(TableName([table.schema, table.name]))
    guard let schema = present?.schema else { return false }
    let columns = schema.fields.filter { Self.canHold($0.type) }.map(\.name)
    let keys = columns.filter { kind.keys.contains($0.lowercased()) }
    let conditions = keys.compactMap { column in
      found[column.lowercased()].map { "\(Self.text(of: column)) IN (\(Self.list($0)))" }
    }
    guard !conditions.isEmpty else { return false }
    let told = jobs.labels(of: table).filter { !Self.telling.isDisjoint(with: $0.value) }
    let telling = columns.filter { told[$0] != nil && !keys.contains($0) }
    let wanted = (keys + telling).map(Self.text).joined(separator: ", ")
    let names = "\(Identifier.quoted(table.schema)).\(Identifier.quoted(table.name))"
    let rows = try runner.table(
      "SELECT DISTINCT \(wanted) FROM \(names) WHERE \(conditions.joined(separator: " OR "))",
      name: "\(table)")
    var isKnown = false
    for batch in rows.batches {
      for row in 0..<batch.rowCount {
        isKnown = true
        for (index, column) in batch.columns.enumerated() {
          guard case .string(let text) = column.scalar(at: row), !text.isEmpty else { continue }
          if index < keys.count {
            found[keys[index].lowercased(), default: []].insert(text)
          } else {
            values.insert(text)
          }
        }
      }
    }
    return isKnown
  }

  /// Whether a column of the type may hold keys of persons.
  static func canHold(_ type: DataType) -> Bool {
    switch type {
    case .string, .tinyint, .smallint, .int, .bigint: true
    default: false
    }
  }

  /// What gives a column as text.
  static func text(of column: String) -> String {
    "CAST(\(Identifier.quoted(column)) AS STRING)"
  }

  private static func list(_ values: Set<String>) -> String {
    values.sorted().map { value in
      "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }.joined(separator: ", ")
  }
}
