package import Columnar
package import LakeJobs

/// Rows that broke a rule: their text, the rule, and where they came from.
package enum Quarantine {
  /// The columns of every quarantine table.
  package static let schema = Schema([
    Field("raw", .string), Field("rule", .string), Field("reason", .string),
    Field("source_file", .string), Field("source_line", .bigint), Field("table_name", .string),
    Field("quarantined_at", .timestamp), Field("run_id", .string),
    // Which of the rows that its line came to, from 1; NULL for a line that came to none.
    Field("source_row", .bigint),
    // The bytes of a line that is no text, in hex.
    Field("raw_hex", .string),
    // How many bytes of its file, unpacked, come before a line set aside at the door, from 0; NULL
    // where that is not known.
    Field("source_offset", .bigint),
    // The header of its file, for a record that cannot be read without one.
    Field("source_header", .string),
    // The flow of its table that made it; NULL for a line, and for a row of a table without flows.
    Field("flow", .string),
  ])

  /// The quarantine of a table.
  package static func name(of table: LakeTableName) -> LakeTableName {
    LakeTableName(schema: "quarantine", name: table.name)
  }
}
