import Columnar
import Core
import Engine
import LakeQuery

/// The source of an AUTO CDC flow as a plan: its columns, then each row's sequence and whether it
/// deletes; and the target that follows from it.
struct ChangeSource {
  let plan: LogicalPlan
  let target: ChangeTarget

  init(_ syntax: ChangeFlowSyntax, _ runner: QueryRunner) throws {
    let source = try runner.binder.bind(syntax.source, filling: .streamingTable)
    let schema = source.schema
    try Self.checkNames(schema, syntax)
    let sequence = try runner.binder.bindExpression(syntax.sequence, over: schema)
    var order = "in order of \(sequence.text(over: schema.names))"
    var isDelete = Engine.Expression(.literal(.boolean(false)), .boolean, isNullable: false)
    if let condition = syntax.deleteCondition {
      let bound = try runner.binder.bindCondition(condition, over: schema)
      order += ", deleting when \(bound.text(over: schema.names))"
      isDelete = Engine.Expression(
        .caseWhen(
          branches: [
            .init(
              condition: bound,
              result: Engine.Expression(.literal(.boolean(true)), .boolean, isNullable: false))
          ], otherwise: isDelete), .boolean, isNullable: false)
    }
    let own = schema.fields.enumerated().map { position, field in
      LogicalPlan.NamedExpression(
        field.name,
        Engine.Expression(.column(position), field.type, isNullable: field.isNullable))
    }
    plan = .project(
      source,
      own + [
        .init(FoldQueries.Name.sequence, sequence), .init(FoldQueries.Name.isDelete, isDelete),
      ])
    target = try ChangeTarget(
      syntax, source: schema, sequenceType: sequence.type, order: order)
  }

  /// Throws `.configuration` when the source has a column called as one that the fold adds.
  private static func checkNames(_ source: Schema, _ syntax: ChangeFlowSyntax) throws(Fault) {
    var names = [
      FoldQueries.Name.sequence, FoldQueries.Name.isDelete, FoldQueries.Name.absent,
      FoldQueries.Name.arrival,
    ]
    if syntax.historyType == 2 { names += [FoldQueries.Name.startAt, FoldQueries.Name.endAt] }
    for name in names where source.index(of: name) != nil {
      throw Fault(
        .configuration, at: syntax.place, "the source has a column '\(name)', which AUTO CDC adds",
        remedy: "give it another name in the view that feeds the flow")
    }
  }
}

extension BatchTable {
  /// All rows, once.
  var source: any BatchSource { BatchList(schema, batches) }

  var rowCount: Int { estimatedRowCount ?? 0 }
}
