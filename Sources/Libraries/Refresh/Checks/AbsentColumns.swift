import Bronze
import Columnar
import Engine

/// What the rows of a flow do not give: columns made of columns that the row's file lacks.
///
/// Absent is not NULL: such a file says nothing of the column, neither that it has a value nor that
/// it has none. Whoever takes the row keeps what was said before.
struct AbsentColumns: Sendable {
  /// The column that says it, beside those of the flow's rows.
  let field: Field
  /// For each column of the plan the columns of bronze that its values are made of.
  private let origins: [(name: String, columns: Set<String>)]
  /// The columns whose NULLs say nothing too, by position.
  private let silentNulls: [(name: String, position: Int)]

  /// What rows of `plan` do not give, as the column `name` says. A NULL says nothing either in
  /// those `silent`.
  init(of plan: LogicalPlan, named name: String, silent: [String]) {
    field = Field(name, .string)
    let found = ColumnOrigins(of: plan)
    origins = zip(plan.schema.names, found.columns).map { name, origins in
      let values = origins.filter { $0.role.isDirect || $0.role == .conditional }
      return (name, Set(values.map { $0.column.lowercased() }))
    }
    silentNulls = silent.compactMap { name in
      plan.schema.index(of: name).map { (plan.schema.names[$0], $0) }
    }
  }

  /// What each row of `batch` does not give, as `AbsentNames` spells it; nil when each gives all.
  func column(of batch: Batch) -> Column? {
    let fromFiles = batch.column(BronzeTable.Provenance.absent.name)
    let isWhole = fromFiles.map { file in (0..<file.count).allSatisfy(file.isNull) } ?? true
    if isWhole, silentNulls.isEmpty { return nil }
    var known: [String: [String]] = [:]
    let texts = ColumnBuilder(.string, capacity: batch.rowCount)
    for row in 0..<batch.rowCount {
      var names: [String] = []
      if !isWhole, case .string(let text)? = fromFiles?.scalar(at: row) {
        names = known[text] ?? absent(where: text)
        known[text] = names
      }
      for (name, position) in silentNulls
      where batch.columns[position].isNull(row) && !names.contains(name) {
        names.append(name)
      }
      texts.append(AbsentNames.text(names: names).map { .string($0) } ?? .null)
    }
    return texts.finish()
  }

  /// The plan's columns that a file does not give which lacks what `text` names.
  private func absent(where text: String) -> [String] {
    let lacking = Set(AbsentNames.names(in: text).map { $0.lowercased() })
    return origins.filter { !$0.columns.isDisjoint(with: lacking) }.map(\.name)
  }
}
