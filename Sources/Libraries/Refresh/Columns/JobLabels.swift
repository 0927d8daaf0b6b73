import Bronze
package import Columnar
package import Core
package import Engine
package import LakeJobs
import LakeQuery

/// The labels of the columns of a job folder's tables: those that people gave, and those that came
/// with values (`ColumnLabels`). Tables are added in the order in which they read each other.
package struct JobLabels {
  /// Marks that go where labels go: what nobody has looked at, and what has to be looked at before
  /// it is published, with its table and column.
  private enum Mark {
    static let unseen = "?"
    static let restricted = "\(Label.restricted) "
  }

  /// A query that brings rows into a table, and the columns that the table gets by it.
  package typealias Part = (plan: LogicalPlan, target: Schema)

  package let file: LabelsFile
  private let jobs: JobFolder
  /// Labels and marks by table, then by column in lower case.
  private var columns: [LakeTableName: [String: Set<String>]] = [:]
  private var names: [LakeTableName: [String]] = [:]

  /// Those of the bronze tables of `jobs`; nil where the folder labels nothing.
  package init?(_ jobs: JobFolder) throws(Fault) {
    guard let file = jobs.labels else { return nil }
    self.file = file
    self.jobs = jobs
    for contract in jobs.contracts.values { try add(contract) }
  }

  /// The labels of each column of `table` that has any, sorted; `restricted` is one where nobody
  /// said yet what a column holds.
  package func labels(of table: LakeTableName) -> [String: [String]] {
    var found: [String: [String]] = [:]
    for name in names[table] ?? [] {
      let labels = shown(columns[table]?[name.lowercased()] ?? [])
      if !labels.isEmpty { found[name] = labels }
    }
    return found
  }

  /// The labels of one column of `table`, which may be a quarantine; sorted as those above.
  package func labels(of column: String, in table: LakeTableName) -> [String] {
    shown(labels(of: "\(table)", column))
  }

  /// The labels of a text that holds all that rows of `table`, or of what it is made from, do.
  package func textLabels(of table: LakeTableName) -> [String] { shown(everything(of: [table])) }

  /// The columns of `table` of which somebody has said, there or where they come from, that they
  /// hold nothing of people.
  package func harmlessColumns(of table: LakeTableName) -> [String] {
    (names[table] ?? []).filter { columns[table]?[$0.lowercased()]?.isEmpty ?? false }
  }

  /// Whether somebody has said what the column of `table` holds, there or where it comes from.
  package func isSettled(_ column: String, of table: LakeTableName) -> Bool {
    guard let marks = columns[table]?[column.lowercased()] else { return false }
    return !marks.contains(Mark.unseen) && restrictions(marks).isEmpty
  }

  /// Adds a dataset that `parts` fill. Throws `.configuration` when its properties or `labels.yml`
  /// speak of what is not there.
  package mutating func add(_ dataset: Dataset, _ parts: [Part]) throws(Fault) {
    let name = dataset.name
    let properties = try LabelProperties(dataset, file)
    var found: [String: Set<String>] = [:]
    var fields: [String] = []
    for part in parts {
      let carried = ColumnLabels(of: part.plan, breakers: file.breakers) { labels(of: $0, $1) }
      for field in part.target.fields {
        guard let position = ColumnEdges.position(of: field.name, in: part.plan.schema) else {
          continue
        }
        if found[field.name.lowercased()] == nil { fields.append(field.name) }
        found[field.name.lowercased(), default: []].formUnion(carried.columns[position])
      }
    }
    for column in dataset.hashedColumns { found[column] = [] }
    names[name] = fields
    columns[name] = found
    let check = PublishingCheck(dataset, fields, properties, file)
    try check.checkNames()
    try check.checkBreaks(found.mapValues(labelsOnly))
    for (column, saying) in properties.broken { found[column]?.subtract(saying.labels) }
    settle(name, &found, properties)
    columns[name] = found
  }

  /// Throws `.configuration` when `dataset`, which was added, is of gold or the warehouse and would
  /// publish a label, and does not say so. `stored` names the columns that stand in its table,
  /// where it is not all.
  package func checkPublished(
    _ dataset: Dataset, stored: [String]? = nil
  ) throws(Fault) {
    guard ["gold", "warehouse"].contains(dataset.name.schema), var found = columns[dataset.name]
    else { return }
    if let stored {
      let names = Set(stored.map { $0.lowercased() })
      found = found.filter { names.contains($0.key) }
    }
    let check = PublishingCheck(
      dataset, names[dataset.name] ?? [], try LabelProperties(dataset, file), file)
    try check.checkPublished(
      found.mapValues(labelsOnly), restricted: found.mapValues(restrictions))
  }

  /// Lets what people say of the columns of `table` count, and restricts those of which nobody
  /// says anything though the table is labelled.
  private func settle(
    _ table: LakeTableName, _ found: inout [String: Set<String>], _ properties: LabelProperties
  ) {
    let entries = file.tables[table] ?? [:]
    let isLabelled = !entries.isEmpty || !properties.held.isEmpty
    for column in found.keys {
      let said = [entries[column]?.labels, properties.held[column]?.labels].compactMap { $0 }
      if !said.isEmpty {
        found[column] = said.reduce(labelsOnly(found[column] ?? [])) { $0.union($1) }
      } else if isLabelled, found[column]?.remove(Mark.unseen) != nil {
        found[column]?.insert("\(Mark.restricted)\(table).\(column)")
      }
    }
  }

  private mutating func add(_ contract: BronzeContract) throws(Fault) {
    let properties = try LabelProperties(contract, file)
    var found: [String: Set<String>] = [:]
    for field in contract.schema.fields {
      // What ingestion adds is no word of a source.
      let isAdded = field.name.hasPrefix("__") || contract.partitionColumns.contains(field.name)
      found[field.name.lowercased()] = isAdded ? [] : [Mark.unseen]
    }
    names[contract.name] = contract.schema.names
    settle(contract.name, &found, properties)
    columns[contract.name] = found
  }

  /// What a column of a table that a query scans carries. The text of a raw line holds all that
  /// its columns do, and so does that of a row that was set aside.
  private func labels(of table: String, _ column: String) -> Set<String> {
    guard let name = LakeTableName(table) else { return [] }
    if name.schema == Quarantine.name(of: name).schema {
      let tells = [Quarantine.Column.raw, .rawHex, .reason].map(\.name).contains(column)
      return tells ? everything(of: jobs.tableNames.filter { $0.name == name.name }) : []
    }
    if column == BronzeTable.Provenance.raw { return everything(of: [name]) }
    return columns[name]?[column.lowercased()] ?? []
  }

  private func everything(of tables: [LakeTableName]) -> Set<String> {
    let inputs = tables.compactMap { jobs.datasets[$0] }.flatMap(jobs.inputs)
    return (tables + inputs).compactMap { columns[$0] }.flatMap(\.values)
      .reduce(into: []) { $0.formUnion($1) }
  }

  private func labelsOnly(_ marks: Set<String>) -> Set<String> {
    marks.filter { $0 != Mark.unseen && !$0.hasPrefix(Mark.restricted) }
  }

  /// The columns that have to be looked at first.
  private func restrictions(_ marks: Set<String>) -> [String] {
    marks.filter { $0.hasPrefix(Mark.restricted) }
      .map { String($0.dropFirst(Mark.restricted.count)) }.sorted()
  }

  private func shown(_ marks: Set<String>) -> [String] {
    (labelsOnly(marks) + (restrictions(marks).isEmpty ? [] : [Label.restricted])).sorted()
  }
}

extension Dataset {
  /// The columns that the loader of the warehouse replaces by a hash under the site's key.
  fileprivate var hashedColumns: [String] {
    (property("keyed_hash") ?? "").split(separator: ",").map { $0.trimmed.lowercased() }
  }
}
