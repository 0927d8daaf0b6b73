import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs
import LakeQuery

/// The columns that the flows of a streaming table give it, and how they fold changes, as its job
/// file stands, against how the table was made.
struct JobColumns {
  let dataset: Dataset
  let jobs: JobFolder
  let lake: Lake
  let context: QueryContext

  /// Whether the table, which stands as `snapshot`, has yet to get columns. Throws
  /// `.configuration` when a column would go or change its type: the rows that are there would have
  /// to be made anew.
  func areNew(in snapshot: Snapshot) throws -> Bool {
    do {
      // Which are sealed is asked apart: no column goes or comes by it.
      let seals = snapshot.schema
      let wanted = try schema().fields.map { field in
        field.sealed(with: seals.index(of: field.name).flatMap { seals.fields[$0].seal })
      }
      return try snapshot.evolves(
        to: Schema(wanted), widening: dataset.property("delta.enableTypeWidening") == "true")
    } catch let fault as Fault where fault.place == Place(snapshot.table.path) {
      throw Fault(
        .configuration, at: dataset.place,
        "the job does not fit \(dataset.name) as it is: \(fault.problem)",
        remedy: "keep the column as it was, or make the table anew with "
          + "'\(ToolName.bronzeToSilver) --full-refresh \(dataset.name)'")
    }
  }

  /// Why the table, which stands as `snapshot`, must be made anew to be what the job says; nil when
  /// it need not. Rows that are there lack what a new column would have told of them, or were
  /// folded by other rules. Throws as `areNew` does.
  func reasonToRebuild(_ snapshot: Snapshot) throws -> String? {
    if try areNew(in: snapshot) {
      let old = snapshot.schema
      let names = try schema().names.filter { old.index(of: $0) == nil }
      return names.isEmpty
        ? "its job asks for more of a structure"
        : "its job asks for \(names.joined(separator: ", "))"
    }
    if let words = try resealing(snapshot.schema) { return words }
    guard let made = snapshot.metadata.configuration[TableCommit.foldProperty],
      let wanted = try shape(), made != wanted
    else { return nil }
    return "its job folds changes in another way: now as \(wanted)"
  }

  /// That other columns are to be sealed, or in another way; nil where it is as it was.
  private func resealing(_ old: Schema) throws -> String? {
    let wanted = try dataset.sealing(schema())
    let others = wanted.fields.filter { field in
      old.index(of: field.name).map { old.fields[$0].seal != field.seal } ?? false
    }
    return others.isEmpty
      ? nil : "its job seals other columns: \(others.map(\.name).joined(separator: ", "))"
  }

  /// How the flows fold changes, in words; nil when none does.
  func shape() throws -> String? {
    let shapes = try dataset.flows.compactMap { try plan(of: $0).changes(of: dataset)?.shape }
    return shapes.isEmpty ? nil : shapes.joined(separator: "; ")
  }

  /// The columns of all flows, in the order in which they come first.
  func schema() throws -> Schema {
    var fields: [Field] = []
    for flow in dataset.flows {
      for field in try plan(of: flow).schema.fields
      where Schema(fields).index(of: field.name) == nil {
        fields.append(field)
      }
    }
    return Schema(fields)
  }

  private func plan(of flow: Flow) throws -> FlowPlan {
    let streams = try jobs.streams(of: flow).map { contract in
      try BronzeTable(contract, lake: lake, from: .max)
    }
    return try FlowPlan(flow, streaming: streams, jobs: jobs, lake: lake, context)
  }
}
