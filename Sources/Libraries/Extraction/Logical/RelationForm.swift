import Core
import Database
import LakeJobs
import PostgreSQL

/// How rows of a table are written to bronze, as the table is at one place of the log.
struct RelationForm {
  /// What bronze calls the columns.
  let names: [String]
  /// Places of the key's columns.
  let keys: [Int]
  let forms: [TextForm]
  /// The forms of rows by the columns that they give.
  private var written: [[Int]: ChangeWriter.Form] = [:]
  /// The form of whole rows, which most are.
  private var whole: ChangeWriter.Form?
  private let all: [Int]

  /// `.configuration` when the log does not tell the key of `table` in `relation`.
  init(_ relation: LoggedRelation, of table: LogicalTable, _ types: TypeForms) throws(Fault) {
    let columns = relation.columns
    let logged = RelationForm.names(of: relation, table)
    names = ChangeColumns.bronzeNames(of: logged, reserved: table.table.reservedColumns)
    all = Array(names.indices)
    forms = columns.map { types.form(of: $0.type) }
    var keys: [Int] = []
    for name in table.table.source.keys {
      guard let key = ColumnNames.index(of: name, in: logged) else {
        throw Fault(
          .configuration, at: table.source.place,
          "the source has renamed or dropped the key column '\(name)'",
          remedy: "name the key's columns as they are now, of: "
            + columns.map(\.name).joined(separator: ", "))
      }
      guard relation.identity == .whole || columns[key].isIdentity else {
        throw Fault(
          .configuration, at: table.source.place,
          "a delete no longer tells '\(name)' of its row",
          remedy: "make it part of the primary key again, or run with --resume rebuild, which "
            + "compares the table with bronze"
        )
      }
      keys.append(key)
    }
    self.keys = keys
    if let column = columns.first(where: { types.refuge(for: $0.type) != nil }) {
      throw Fault(
        .configuration, at: table.source.place,
        "'\(column.name)' has become of a type whose texts depend on who reads them",
        remedy: "keep it as '\(column.name)::\(types.refuge(for: column.type) ?? "text")'")
    }
  }

  /// The names of the columns as the log tells them, but for those of the key that were renamed
  /// since: they are called as they are today. They are those that tell rows apart in the log and
  /// are not there today, if so many of the key are not in the log.
  private static func names(of relation: LoggedRelation, _ table: LogicalTable) -> [String] {
    var names = relation.columns.map(\.name)
    let today = table.source.columns.map(\.name)
    guard table.source.fault == nil else { return names }
    // The order of columns outlives their names.
    let missing = table.source.keys.sorted().map { today[$0] }.filter { !names.contains($0) }
    let former = relation.columns.indices.filter { index in
      relation.columns[index].isIdentity && !today.contains(names[index])
    }
    guard missing.count == former.count else { return names }
    for (index, name) in zip(former, missing) { names[index] = name }
    return names
  }

  /// The key of `row`, which gives the columns at the places `given`, as people see it.
  func keyText(of row: RowTexts, _ given: [Int]) -> String {
    keys.map { key in
      given.firstIndex(of: key).flatMap { row[$0] }.map { String(decoding: $0, as: UTF8.self) }
        ?? "NULL"
    }.joined(separator: ", ")
  }

  /// The form of rows that give the columns at the places `given`.
  mutating func form(of given: [Int], in writer: ChangeWriter) -> ChangeWriter.Form {
    if given.count == all.count, let whole { return whole }
    defer { if given.count == all.count { whole = written[given] } }
    if let known = written[given] { return known }
    let form = writer.form(of: given.map { names[$0] })
    written[given] = form
    return form
  }

  /// Forgets the forms of a writer that is gone.
  mutating func forgetForms() {
    written.removeAll()
    whole = nil
  }

  /// The places of the columns that `cells` give.
  func given(by cells: [Cell]) -> [Int] {
    for cell in cells { if case .absent = cell { return all.filter { cells[$0] != .absent } } }
    return all
  }

  /// The values that `row` gives, whose texts lie in `bytes`.
  func cells(_ row: LoggedRow, _ identity: [Bool]) -> [Cell] {
    row.values.enumerated().map { index, value in
      switch value {
      case .null: row.isIdentityOnly && !identity[index] ? .absent : .null
      case .unchanged: .absent
      case .text(let range): .logged(range)
      }
    }
  }

  /// A value of a change row.
  enum Cell: Equatable {
    /// Not given.
    case absent
    case null
    /// The text in the message at hand.
    case logged(Range<Int>)
    /// What bronze knows of it.
    case known([UInt8])
  }
}
