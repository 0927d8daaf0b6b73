import Columnar
import Core
package import Database
import Engine
package import JSON
package import LakeJobs
import LakeQuery
package import Lakehouse
import Warehouse

/// The whole life of a member: its versions in the warehouse, with their surrogate keys, and behind
/// them each event of bronze, what became of it and why, down to its line.
package struct MemberLife {
  /// A version as the warehouse holds it.
  private struct Version {
    var surrogate: Int64
    var from: String?
    /// All of it, as a JSON object.
    var row: String
  }

  /// So many rows of each table are told of at most.
  private static let limit = 10_000

  private let table: WarehouseTable
  private let key: [String]
  private let versions: [Version]
  /// Versions as they were known before, of a dimension with two axes of time.
  private let superseded: [String]
  private let lives: [KeyLife]
  /// What is to be recorded of what is told of people.
  package let reads: LabelledReads

  /// Looks for the member of `dimension` with the natural key `key`, a text a column; `.missing`
  /// when neither the warehouse nor bronze has ever heard of it. Of columns that bear labels the
  /// values are told only if it `showsLabelled`.
  package init(
    _ dimension: Dataset, _ key: [String], _ workspace: Workspace,
    in warehouse: (any LoadingConnection)?, showsLabelled: Bool
  ) throws {
    let jobs = try BoundJobs(workspace, complete: StarLineage.complete)
    guard let bound = jobs.datasets.first(where: { $0.dataset.name == dimension.name }) else {
      throw jobs.faults.first
        ?? Fault(.missing, "there is no job for '\(dimension.name)'", remedy: "add one")
    }
    let properties = Dictionary(
      dimension.properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    let made = DimensionColumns.surrogate(of: dimension.name.name)
    let table = try WarehouseTable(
      dimension.name.name, properties: properties,
      schema: Schema(
        bound.schema.fields.filter { $0.name != made && !$0.name.hasSuffix("durable_key") }),
      at: dimension.place)
    guard table.key.count == key.count else {
      throw Fault(
        .usage, "\(counted(key.count, "value")) for the key of \(table.name)",
        remedy: "give one for each of: \(table.key.joined(separator: ", "))")
    }
    let sight = try RowSight(showsLabelled: showsLabelled, workspace) { jobs }
    let tracer = RowTracer(
      workspace, jobs, LakeCatalog(lake: workspace.lake, jobs: workspace.jobs), limit: Self.limit,
      seeing: sight)
    self.table = table
    self.key = key
    lives = try tracer.lives(
      of: dimension.name, where: zip(table.key, key).map { (column: $0, text: $1) })
    var found: (versions: [Version], superseded: [String]) = ([], [])
    if let warehouse {
      found = try Self.rows(of: table, dimension.name, key, warehouse, tracer)
    }
    versions = found.versions
    superseded = found.superseded
    var reads = sight.reads
    try reads.add(rows: versions.count + superseded.count, of: dimension.name)
    for life in lives {
      try reads.add(rows: life.rows.count, of: life.table)
      for event in life.events { reads.add(texts: 1, of: event.table) }
    }
    self.reads = reads
    guard !versions.isEmpty || lives.contains(where: { !$0.events.isEmpty }) else {
      throw Fault(
        .missing, "\(table.name) has no member \(Self.words(table.key, key))",
        remedy: "see what it has with lake-sql")
    }
  }

  private static func words(_ columns: [String], _ key: [String]) -> String {
    zip(columns, key).map { "\($0) = '\($1)'" }.joined(separator: ", ")
  }

  private static func rows(
    of table: WarehouseTable, _ name: LakeTableName, _ key: [String],
    _ warehouse: any LoadingConnection, _ tracer: RowTracer
  ) throws -> (versions: [Version], superseded: [String]) {
    let dialect = warehouse.dialect
    let surrogate = DimensionColumns.surrogate(of: table.name)
    let isMember = table.key.enumerated().map {
      "CAST(\(dialect.quoted($0.element)) AS TEXT) = $\($0.offset + 1)"
    }.joined(separator: " AND ")
    func batch(_ stored: String, _ order: String) throws -> Batch? {
      let schema = try warehouse.schema(of: stored)
      guard !schema.fields.isEmpty else { return nil }
      let list = schema.names.map(dialect.quoted).joined(separator: ", ")
      let source = try warehouse.query(
        "SELECT \(list) FROM \(dialect.quoted(stored)) WHERE \(isMember) "
          + "AND \(dialect.quoted(surrogate)) > 0 ORDER BY \(order)",
        key.map { .string($0) }, as: schema)
      var batches: [Batch] = []
      while let batch = try source.next() { batches.append(batch.compacted()) }
      return batches.isEmpty ? nil : try Batch.concatenating(schema, batches)
    }
    let hasHistory = table.dimension?.history == .scd2
    let now = try batch(table.name, hasHistory ? "valid_from" : dialect.quoted(surrogate))
    let versions = now.map { batch in
      let texts = tracer.texts(of: batch, in: name)
      return (0..<batch.rowCount).map { row in
        var number: Int64 = 0
        if case .integer(let found)? = batch.column(surrogate)?.scalar(at: row) { number = found }
        var from: String?
        if case .timestamp(let moment)? = batch.column("valid_from")?.scalar(at: row) {
          from = "\(moment)"
        }
        return Version(surrogate: number, from: from, row: texts[row])
      }
    }
    let past = try batch("\(table.name)_superseded", "known_to, valid_from")
    return (versions ?? [], past.map { tracer.texts(of: $0, in: name) } ?? [])
  }

  /// The surrogate key of the version that begins at a sequence; nil when there is none.
  private func surrogate(from sequence: String) -> Int64? {
    versions.first { $0.from == sequence }?.surrogate
  }

  // MARK: Telling

  /// All of it, as people read it.
  package var text: String {
    let surrogate = DimensionColumns.surrogate(of: table.name)
    var text = "\(table.name): \(shown(Self.words(table.key, key)))\n"
    for version in versions {
      let from = version.from.map { " from \($0)" } ?? ""
      text += "  \(surrogate) \(version.surrogate)\(from)\n    \(shown(version.row))\n"
    }
    for row in superseded { text += "  was known before\n    \(shown(row))\n" }
    for life in lives {
      text += "  \(life.table): \(shown(life.condition))\n"
      for row in life.rows { text += "    \(shown(row))\n" }
      for event in life.events {
        let late = event.isLate ? ", though it came late" : ""
        let number =
          event.fate == .version
          ? self.surrogate(from: event.sequence).map { ": \(surrogate) \($0)" } ?? "" : ""
        let kind = event.isDelete ? "delete" : "event"
        text += "    \(kind) at \(shown(event.sequence)) \(shown(event.fate.why))\(late)\(number)\n"
        text += "      \(event.table) \(shown(event.line.file)):\(event.line.number)\n"
        text += "      \(shown(event.line.text))\n"
      }
    }
    return text
  }

  /// All of it as one object.
  package var json: JSONValue {
    [
      "dimension": .string(table.name),
      "key": .object(
        JSONObject(zip(table.key, key).map { ($0, JSONValue.string($1)) })),
      "versions": .array(versions.map { Self.parsed($0.row) }),
      "superseded": .array(superseded.map(Self.parsed)),
      "histories": .array(lives.map(object)),
    ]
  }

  private func object(_ life: KeyLife) -> JSONValue {
    [
      "table": .string("\(life.table)"), "where": .string(life.condition),
      "rows": .array(life.rows.map(Self.parsed)),
      "events": .array(
        life.events.map { event in
          [
            "sequence": .string(event.sequence), "delete": .bool(event.isDelete),
            "fate": .string(event.fate.word), "why": .string(event.fate.why),
            "late": .bool(event.isLate),
            "version": event.fate == .version
              ? surrogate(from: event.sequence).map { JSONValue($0) } ?? .null : .null,
            "table": .string("\(event.table)"), "file": .string(event.line.file),
            "line": JSONValue(event.line.number), "raw": .string(event.line.text),
            "values": Self.parsed(event.values),
          ]
        }),
    ]
  }

  private static func parsed(_ text: String) -> JSONValue {
    (try? JSONValue(parsing: Array(text.utf8), at: Place("row"))) ?? .null
  }
}
