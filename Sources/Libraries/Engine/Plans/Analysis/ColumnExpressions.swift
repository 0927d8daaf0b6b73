import Columnar
import Core

/// How each column of a plan is computed, in SQL over the columns of the tables that it scans:
/// views and common table expressions are written out. What is long is cut.
package struct ColumnExpressions: Sendable {
  /// A text a column, in the plan's order.
  package let texts: [String]

  private static let longest = 600

  package init(of plan: LogicalPlan) { texts = Self.texts(of: plan).map(Self.cut) }

  private static func texts(of plan: LogicalPlan) -> [String] {
    switch plan {
    case .scan(let scan): return scan.columns.map { "\(scan.table.name).\(spelled($0.name))" }
    case .values(let rows, let schema): return literals(rows, schema)
    case .project(let input, let columns):
      let names = texts(of: input).map(cut)
      return columns.map { $0.expression.text(over: names) }
    case .filter(let input, _), .sort(let input, _), .limit(let input, _, _),
      .setOperation(let input, _, _):
      return texts(of: input)
    case .join(let join):
      return Array((texts(of: join.left) + texts(of: join.right)).prefix(plan.schema.fields.count))
    case .aggregate(let aggregate):
      let names = texts(of: aggregate.input).map(cut)
      return aggregate.groups.map { $0.expression.text(over: names) }
        + aggregate.calls.map { $0.call.text(over: names) }
    case .window(let input, let calls):
      let names = texts(of: input).map(cut)
      return names + calls.map { $0.call.fullText(over: names) }
    case .generate(let generate):
      let names = texts(of: generate.input).map(cut)
      let made = "\(generate.generator.rawValue)(\(generate.argument.text(over: names)))"
      return names
        + generate.columns.map { field in
          generate.columns.count == 1 ? made : "\(made).\(spelled(field.name))"
        }
    case .unionAll(let inputs, let schema):
      let parts = inputs.map { texts(of: $0).map(cut) }
      return schema.fields.indices.map { position in
        parts.map { $0[position] }.withoutRepeats.joined(separator: " or ")
      }
    }
  }

  private static func literals(_ rows: [[Expression]], _ schema: Schema) -> [String] {
    schema.fields.indices.map { position in
      rows.count == 1 ? rows[0][position].text(over: []) : "one of \(rows.count) values"
    }
  }

  /// A name as it stands in SQL, in backticks where it must.
  private static func spelled(_ name: String) -> String {
    let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
      byte == UInt8(ascii: "_") || isLetter(byte) || index > 0 && digitValue(byte) <= 9
    }
    return isPlain && !name.isEmpty ? name : Identifier.quoted(name)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func cut(_ text: String) -> String {
    text.utf8.count <= longest ? text : String(text.prefix(longest)) + "…"
  }
}
