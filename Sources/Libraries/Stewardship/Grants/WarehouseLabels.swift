package import Access
import Bronze
import Columnar
import Core
import Engine
package import LakeJobs
import LakeQuery
package import Lakehouse
import WarehouseJobs

/// What columns hold of people: those of job files, and of what the loader makes beside a table.
package struct WarehouseLabels {
  private let jobs: JobFolder
  /// The labelled columns of the tables whose jobs could be bound.
  private let tables: [LakeTableName: [LabelledColumn]]

  /// Columns that the loader adds, which tell nothing of people.
  private static let made: Set<String> = [
    "valid_from", "valid_to", "is_current", "is_deleted", "is_inferred", "known_from", "known_to",
    "audit_key", "audit_fact", "audit_run_id", "audit_rule_set", "audit_build", "audit_loaded_at",
    "fact", "run_id", "rule_set", "build", "loaded_at",
  ]

  /// Those of the jobs that are bound.
  package init(_ bound: BoundJobs, _ jobs: JobFolder) {
    self.jobs = jobs
    var tables: [LakeTableName: [LabelledColumn]] = [:]
    for name in jobs.tableNames + jobs.tableNames.map(\.quarantined) {
      guard let schema = bound.catalog.schema(of: name) else { continue }
      let labels = bound.labels(of: name)
      tables[name] = schema.names.map { column in
        let isRaw = name.schema == "quarantine" && Self.rawColumns.contains(column)
        return LabelledColumn(
          column, labels: isRaw ? [Label.restricted] : labels[column] ?? [])
      }
    }
    self.tables = tables
  }

  /// Columns of set-aside rows that hold whole lines of a source.
  private static let rawColumns = Set(
    [Quarantine.Column.raw, .rawHex, .reason, .sourceHeader].map(\.name))

  /// The tables that jobs describe, sorted.
  package var names: [LakeTableName] { tables.keys.sorted() }

  /// The columns of a table of job files; nil when it is none, or could not be bound.
  package func columns(of table: LakeTableName) -> [LabelledColumn]? { tables[table] }

  /// The columns of a table or view of the warehouse as it stands. One of which jobs do not tell
  /// what it holds is restricted.
  package func columns(of table: LakeTableName, stored: [String]) -> [LabelledColumn] {
    let described = described(by: table)
    return stored.map { name in
      let lowered = name.lowercased()
      if let labels = described.labels[lowered] { return LabelledColumn(name, labels: labels) }
      if Self.made.contains(lowered) || described.made.contains(lowered) {
        return LabelledColumn(name)
      }
      return LabelledColumn(name, labels: [Label.restricted])
    }
  }

  /// What is known of the columns of `table`, by name in lower case: labels, and what is made.
  private func described(
    by table: LakeTableName
  ) -> (labels: [String: [String]], made: Set<String>) {
    var labels: [String: [String]] = [:]
    var made: Set<String> = []
    let name = table.name
    guard
      let origin = tables.keys.filter({ known in
        known.schema == table.schema && (name + "_").hasPrefix(known.name + "_")
      }).max(by: { $0.name.utf8.count < $1.name.utf8.count })
    else { return ([:], name == "dim_audit" ? Self.made : []) }
    for column in tables[origin] ?? [] { add(column.name, column.labels, &labels) }
    made.formUnion(["\(origin.name)_id"])
    // Views beside a fact show the columns of its members.
    for (mark, dimension) in lookups(of: origin) {
      for column in tables[dimension] ?? [] {
        let isMarked = column.name.hasPrefix("\(mark)_")
        add(isMarked ? column.name : "\(mark)_\(column.name)", column.labels, &labels)
      }
      made.formUnion(["\(mark)_status", "\(mark)_is_deleted", "\(mark)_is_inferred"])
    }
    if origin.name.hasPrefix("dim_") {
      made.insert("\(origin.name.dropFirst(4))_previous_durable_key")
    }
    return (labels, made)
  }

  /// A column, and as what of it views show: whole numbers of its last digit's units, and of a day.
  private func add(_ name: String, _ of: [String], _ labels: inout [String: [String]]) {
    let lowered = name.lowercased()
    for form in [lowered, "\(lowered)_cents", "\(lowered)_of_day"]
      + (1...18).map({ "\(lowered)_e\($0)" })
    where labels[form] == nil || form == lowered {
      labels[form] = of
    }
  }

  /// How the columns of the members that a fact looks up begin in its views, and their dimension.
  private func lookups(of fact: LakeTableName) -> [(mark: String, dimension: LakeTableName)] {
    (jobs.datasets[fact]?.properties ?? []).compactMap { property in
      let beginning = "lookup."
      guard property.key.hasPrefix(beginning) else { return nil }
      let key = property.key.dropFirst(beginning.count)
      let dimension = property.value.prefix { $0 != "(" }.filter { $0 != " " }
      return (
        String(key.hasSuffix("_key") ? key.dropLast(4) : key),
        LakeTableName(schema: "warehouse", name: dimension.lowercased())
      )
    }
  }
}

extension LakeTableName {
  /// Where rows of it are set aside.
  fileprivate var quarantined: LakeTableName { LakeTableName(schema: "quarantine", name: name) }
}
