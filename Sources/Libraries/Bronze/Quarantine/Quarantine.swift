package import Columnar
import Delta
package import LakeJobs

/// Rows that broke a rule: their text, the rule, and where they came from.
package enum Quarantine {
  /// The columns of every quarantine table, in order. Tables of earlier versions lack the last.
  package enum Column: Int, CaseIterable, Sendable {
    case raw, rule, reason, sourceFile, sourceLine, table, quarantinedAt, runID
    /// Which of the rows that its line came to, from 1; NULL for a line that came to none.
    case sourceRow
    /// The bytes of a line that is no text, in hex.
    case rawHex
    /// How many bytes of its file, unpacked, come before a line set aside at the door, from 0; NULL
    /// where that is not known.
    case sourceOffset
    /// The header of its file, for a record that cannot be read without one.
    case sourceHeader
    /// The flow of its table that made it; NULL for a line, and for a row of a table without flows.
    case flow

    /// What tables and files call it.
    package var name: String {
      switch self {
      case .raw: "raw"
      case .rule: "rule"
      case .reason: "reason"
      case .sourceFile: "source_file"
      case .sourceLine: "source_line"
      case .table: "table_name"
      case .quarantinedAt: "quarantined_at"
      case .runID: "run_id"
      case .sourceRow: "source_row"
      case .rawHex: "raw_hex"
      case .sourceOffset: "source_offset"
      case .sourceHeader: "source_header"
      case .flow: "flow"
      }
    }

    /// The type of its values.
    package var type: DataType {
      switch self {
      case .sourceLine, .sourceRow, .sourceOffset: .bigint
      case .quarantinedAt: .timestamp
      default: .string
      }
    }
  }

  /// The columns as a schema: a column's position is its number.
  package static let schema = Schema(Column.allCases.map { Field($0.name, $0.type) })

  /// The columns where what people sent lies sealed with the data key `key`: texts, and what is
  /// said of their values.
  package static func sealed(with key: String) -> Schema {
    let telling: Set<String> = Set(
      [Column.raw, .reason, .rawHex, .sourceHeader].map(\.name))
    return Schema(
      schema.fields.map { field in
        telling.contains(field.name)
          ? field.sealed(with: ColumnSeal(key: key, subject: nil, column: field.name)) : field
      })
  }

  /// Rows of a quarantine table, of the columns that are known; the others are NULL.
  package static func batch(
    _ columns: [Column: Columnar.Column], rowCount: Int
  ) -> Batch {
    Batch(
      schema,
      Column.allCases.map { columns[$0] ?? .nulls($0.type, count: rowCount) },
      rowCount: rowCount)
  }

  /// The quarantine of a table.
  package static func name(of table: LakeTableName) -> LakeTableName {
    LakeTableName(schema: "quarantine", name: table.name)
  }
}
