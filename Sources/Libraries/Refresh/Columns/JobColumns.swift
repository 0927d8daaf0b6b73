import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs
import LakeQuery

/// The columns that the flows of a streaming table give it, as its job file stands, against those
/// that the table has.
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
      return try snapshot.evolves(to: schema())
    } catch let fault as Fault where fault.place == Place(snapshot.table.path) {
      throw Fault(
        .configuration, at: dataset.place,
        "the job does not fit \(dataset.name) as it is: \(fault.problem)",
        remedy: "keep the column as it was, or make the table anew with "
          + "'\(ToolName.bronzeToSilver) --full-refresh \(dataset.name)'")
    }
  }

  /// The columns of all flows, in the order in which they come first.
  func schema() throws -> Schema {
    var fields: [Field] = []
    for flow in dataset.flows {
      for field in try schema(of: flow).fields
      where Schema(fields).index(of: field.name) == nil {
        fields.append(field)
      }
    }
    return Schema(fields)
  }

  private func schema(of flow: Flow) throws -> Schema {
    let streams = try jobs.streams(of: flow).map { contract in
      try BronzeTable(contract, lake: lake, from: .max)
    }
    return try FlowPlan(flow, streaming: streams, jobs: jobs, lake: lake, context).schema
  }
}
