package import Core
import Engine
package import LakeJobs

// Access: who may see which rows and columns, as the policy file of the job folder says.
//
// `Reading/` makes an `AccessPolicy` of `access.yml`, `Rules/` holds what it consists of,
// `Decisions/` tells what it means for somebody and a table. A `TableRuling` says so in the
// policy's terms, which databases are told in theirs; a `TableAccess` in Spark SQL.
//
// Begin with `AccessPolicy.read`, and ask it for `access(by:to:columns:)`. It opens no table and
// knows no database, so that a tool that only has to ask starts at once.

/// What a role may see of a table.
package enum TableAccess: Sendable, Equatable {
  /// Nothing, by the rule told.
  case denied(rule: String)
  /// The rows for which `rowFilter` is true, or all, with these columns.
  case granted(rowFilter: String?, columns: [ColumnAccess])
}

/// What a role may see of a column.
package struct ColumnAccess: Sendable, Equatable {
  /// How a column's values look.
  package enum Look: Sendable, Equatable {
    /// As they are.
    case shown
    /// As the value of this expression in Spark SQL, over the table's columns.
    case masked(String)
    /// Not at all: for the role the table has no such column.
    case hidden
  }

  package let column: String
  package let look: Look
  /// The rule that decided, as people are told of it.
  package let rule: String

  package init(_ column: String, _ look: Look, rule: String) {
    self.column = column
    self.look = look
    self.rule = rule
  }
}

/// Who asks, and when.
package struct Asker: Sendable {
  /// The role that is acted in, or the user with all roles.
  package let subject: String
  /// The user: what `current_user()` is in row filters.
  package let user: String
  package let day: CivilDate
  /// The secret of masks that are hashes, `MaskKey.secretName`, if it is there.
  package let key: MaskKey?

  package init(_ subject: String, user: String, day: CivilDate, key: MaskKey?) {
    self.subject = subject
    self.user = user
    self.day = day
    self.key = key
  }
}

extension AccessPolicy {
  /// What `asker` may see of `table`, whose columns are `columns`, in Spark SQL. Throws
  /// `.configuration` when a mask needs a key and there is none.
  package func access(
    by asker: Asker, to table: LakeTableName, columns: [LabelledColumn]
  ) throws(Fault) -> TableAccess {
    switch ruling(for: asker.subject, on: table, columns: columns, day: asker.day) {
    case .denied(let rule): return .denied(rule: rule)
    case .granted(let rows, let rulings):
      var columns: [ColumnAccess] = []
      for ruling in rulings {
        columns.append(
          ColumnAccess(
            ruling.column, try look(ruling.look, of: ruling.column, by: asker), rule: ruling.rule))
      }
      let filter = rows.isEmpty ? nil : Self.anyOf(rows, asker)
      return .granted(rowFilter: filter, columns: columns)
    }
  }

  private func look(
    _ look: ColumnRuling.Look, of column: String, by asker: Asker
  ) throws(Fault) -> ColumnAccess.Look {
    switch look {
    case .hidden: return .hidden
    case .shown: return .shown
    case .masked(let form): return .masked(try form.spark(column, asker.key))
    case .mixed(let shown, let masked, let form):
      let name = Identifier.quoted(column)
      // Of a CASE all branches are of one type; where none is masked the column keeps its own.
      var branches: [String] = []
      if !shown.isEmpty {
        let value = masked == [] ? name : "CAST(\(name) AS STRING)"
        branches.append("WHEN \(Self.anyOf(shown, asker)) THEN \(value)")
      }
      if masked != [] {
        let condition = masked.map { Self.anyOf($0, asker) } ?? "TRUE"
        let value = try form.spark(column, asker.key)
        branches.append("WHEN \(condition) THEN CAST(\(value) AS STRING)")
      }
      return .masked("CASE \(branches.joined(separator: " ")) END")
    }
  }

  private static func anyOf(_ rows: [RowFilter], _ asker: Asker) -> String {
    let texts = rows.map { "(\($0.spark(for: asker.user)))" }
    return texts.count == 1 ? texts[0] : "(\(texts.joined(separator: " OR ")))"
  }
}
