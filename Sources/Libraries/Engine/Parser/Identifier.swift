import Core

/// Names as they stand in SQL.
package enum Identifier {
  /// `name` in backticks, whatever stands in it.
  package static func quoted(_ name: String) -> String {
    "`" + substituting("`", in: name, with: "``") + "`"
  }
}
