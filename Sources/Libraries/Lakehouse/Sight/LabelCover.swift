import Bronze
package import Columnar
package import Core
package import Engine
package import LakeJobs
import Refresh

/// Puts the names of labels in the place of values that bear them: `(email)`. So tools that show
/// rows to whoever looks after tables show nothing of people by the way.
package struct LabelCover {
  private let book: LabelBook?

  /// One that covers nothing.
  package static var none: LabelCover { LabelCover(nil) }

  /// One that covers what bears a label in `book`; nothing where no label is given at all.
  package init(_ book: LabelBook?) { self.book = book.flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether it leaves all values as they are.
  package var isNone: Bool { book == nil }

  /// What stands in the place of the values of `column` of `table`; nil for one that is shown.
  package func words(for column: String, in table: LakeTableName) -> String? {
    guard let book else { return nil }
    return Self.words(book.labels(of: column, in: table))
  }

  /// What stands in the place of texts that hold all that a row of `table` does.
  package func words(forTextsOf table: LakeTableName) -> String? {
    book.flatMap { Self.words($0.textLabels(of: table)) }
  }

  /// What stands in the place of each column of `plan`, whose values carry labels with them; nil
  /// for those that are shown.
  package func words(for plan: LogicalPlan) -> [String?] {
    guard let book else { return plan.schema.fields.map { _ in nil } }
    return book.labels(of: plan).map { Self.words($0.sorted()) }
  }

  /// Whether `plan` reads a column that bears a label, whatever becomes of it.
  package func isTouched(by plan: LogicalPlan) -> Bool {
    guard let book else { return false }
    return plan.scans.contains { scan in
      LakeTableName(scan.table.name).map { table in
        scan.columns.contains { !book.labels(of: $0.name, in: table).isEmpty }
      } ?? false
    }
  }

  /// What went wrong with `plan`, without a value that it could not compute with if that may bear a
  /// label.
  package func covered(_ fault: Fault, of plan: LogicalPlan) -> Fault {
    fault.kind == .data && isTouched(by: plan) ? fault.withoutValue : fault
  }

  /// `rows`, whose columns are those of `table`, with what is not shown covered.
  package func covered(_ rows: Batch, of table: LakeTableName) -> Batch {
    covered(rows, rows.schema.names.map { words(for: $0, in: table) })
  }

  /// `rows` with `words` in the place of the values of their columns. NULL stays NULL.
  package func covered(_ rows: Batch, _ words: [String?]) -> Batch {
    guard words.contains(where: { $0 != nil }) else { return rows }
    var fields = rows.schema.fields
    var columns = rows.columns
    for (position, words) in words.enumerated() {
      guard let words, position < columns.count else { continue }
      fields[position].type = .string
      let builder = ColumnBuilder(.string, capacity: rows.rowCount)
      for row in 0..<rows.rowCount {
        builder.append(columns[position].isNull(row) ? .null : .string(words))
      }
      columns[position] = builder.finish()
    }
    return Batch(Schema(fields), columns, rowCount: rows.rowCount)
  }

  private static func words(_ labels: [String]) -> String? {
    labels.isEmpty ? nil : "(\(labels.joined(separator: ", ")))"
  }
}
