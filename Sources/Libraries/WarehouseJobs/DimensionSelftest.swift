import Columnar
import Core
import Database
package import Engine
package import LakeJobs
import LakeQuery
import Refresh
import Warehouse

/// Proves of one's own events that a dimension is a function of them: takes what bronze holds in
/// other orders and other cuts into a lake and a warehouse of their own, and compares the
/// dimensions. The lake itself is only read, the warehouse not even that.
package struct DimensionSelftest {
  private let workspace: Workspace
  private let dimensions: [Dataset]
  private let context: QueryContext
  private let scratch: String

  /// So many commits the events are dealt out to at most.
  private static let cutLimit = 4

  /// Tries `dimensions` in a folder that is made where runs spill, and goes afterwards.
  package init(_ workspace: Workspace, _ dimensions: [Dataset], _ context: QueryContext) {
    self.workspace = workspace
    self.dimensions = dimensions
    self.context = context
    scratch = "\(context.spillDirectory)/selftest-\(workspace.lake.runID)"
  }

  /// An order of the events in which a dimension came out otherwise.
  package struct Difference: Sendable {
    package let dimension: LakeTableName
    package let seed: UInt64
    /// Rows that were to be there, and those that are instead, as texts.
    package let missing: [String]
    package let extra: [String]
  }

  /// Tries `count` orders, of the seeds from `seed` on; tells of each difference.
  package func run(
    _ count: Int, from seed: UInt64, _ tell: (Difference) throws -> Void
  ) throws {
    var order: RandomOrder?
    let expected = try content(&order, cutCount: 1)
    for seed in seed..<(seed + UInt64(count)) {
      let step = workspace.lake.steps.begin()
      var random = RandomOrder(seed)
      let cutCount = 1 + random.number(below: Self.cutLimit)
      order = random
      let found = try content(&order, cutCount: cutCount)
      step.end("order \(seed): \(counted(cutCount, "commit"))")
      for dimension in dimensions {
        let wanted = expected[dimension.name] ?? [:]
        let there = found[dimension.name] ?? [:]
        // Members that late events say never were stay where many are said so at once.
        let extra = there.filter { wanted[$0.key] != nil && wanted[$0.key] != $0.value }
        let missing = wanted.filter { there[$0.key] != $0.value }
        if missing.isEmpty { continue }
        try tell(
          Difference(
            dimension: dimension.name, seed: seed,
            missing: missing.sorted { $0.key < $1.key }.flatMap(\.value),
            extra: extra.sorted { $0.key < $1.key }.flatMap(\.value)))
      }
    }
  }

  // MARK: One order

  /// The rows of each dimension by natural key, surrogate keys aside, after the events came in an
  /// order (nil: their own).
  private func content(
    _ order: inout RandomOrder?, cutCount: Int
  ) throws -> [LakeTableName: [String: [String]]] {
    defer { try? removeAll(scratch) }
    let files = workspace.lake.fileSystem
    try removeAll(scratch)
    try files.createDirectory("\(scratch)/lake")
    let lake = try ShuffledLake(of: workspace, in: scratch, cutCount: cutCount, context)
    let warehouse = try SQLiteConnection("\(scratch)/warehouse.db", .create)
    var context = context
    context.spillDirectory = "\(scratch)/spill"
    let needed = self.needed
    try lake.take(needed.filter { workspace.jobs.contracts[$0] != nil }, &order) { workspace in
      for dataset in workspace.jobs.ordered where needed.contains(dataset.name) {
        guard dataset.name.schema != "warehouse" else { continue }
        try LayerRun(
          workspace, schema: dataset.name.schema, context: context, isFullRefresh: false
        ).refresh(dataset) { _ in }
      }
      var fault: Fault?
      _ = try StarLoadRun(
        workspace, into: warehouse, siteKey: Array("selftest".utf8), context: context,
        isFullRefresh: false
      ).run(
        workspace.jobs.ordered.filter { dataset in dimensions.contains { $0.name == dataset.name }
        },
        StarLoadRun.Listener(say: { _ in }, fail: { fault = fault ?? $0 }))
      if let fault { throw fault }
    }
    return try Dictionary(
      uniqueKeysWithValues: dimensions.map { ($0.name, try rows(of: $0, warehouse)) })
  }

  /// The tables of which the dimensions are made, all the way down.
  private var needed: [LakeTableName] {
    var found: [LakeTableName] = []
    var waiting = dimensions.map(\.name)
    while let name = waiting.popLast() {
      if found.contains(name) { continue }
      found.append(name)
      if let dataset = workspace.jobs.datasets[name] {
        waiting += workspace.jobs.inputs(of: dataset)
        for flow in dataset.flows { waiting += workspace.jobs.streams(of: flow).map(\.name) }
      }
    }
    return found.sorted()
  }

  private func rows(
    of dimension: Dataset, _ warehouse: SQLiteConnection
  ) throws -> [String: [String]] {
    let name = dimension.name.name
    let surrogate = DimensionColumns.surrogate(of: name)
    let columns = try warehouse.columns(of: name).map(\.name).filter {
      !$0.hasSuffix("durable_key") && $0 != surrogate && !$0.hasPrefix("known_")
    }
    guard !columns.isEmpty else { return [:] }
    let dialect = warehouse.dialect
    let key = (dimension.property("key") ?? "").split(separator: ",").map { String($0.trimmed) }
    let list = columns.map(dialect.quoted).joined(separator: ", ")
    let rows = try warehouse.rows(
      "SELECT \(list) FROM \(dialect.quoted(name)) WHERE \(dialect.quoted(surrogate)) > 0")
    var found: [String: [String]] = [:]
    for row in rows {
      let texts = zip(columns, row).map { "\($0) = \(word($1))" }
      let words = zip(columns, texts).filter { pair in
        key.contains { $0.lowercased() == pair.0.lowercased() }
      }.map(\.1)
      found[words.joined(separator: ", "), default: []].append(texts.joined(separator: ", "))
    }
    return found.mapValues { $0.sorted() }
  }

  private func word(_ value: Scalar) -> String {
    switch value {
    case .null: "NULL"
    case .string(let text): "'\(text)'"
    case .integer(let number): "\(number)"
    case .double(let number): "\(number)"
    default: "\(value)"
    }
  }

  private func removeAll(_ path: String) throws {
    let files = workspace.lake.fileSystem
    guard let status = try files.status(of: path) else { return }
    if status.isDirectory {
      for name in try files.list(path) { try removeAll("\(path)/\(name)") }
    }
    try files.remove(path)
  }
}
