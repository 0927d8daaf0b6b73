import Columnar
import Core
import Engine
import LakeQuery

/// Finds values that may not be seen in what was answered, as they are or as digests that everybody
/// can make: whoever has a list of all addresses finds one by its digest.
struct SecretSearch {
  /// Longer texts are looked through for so many values of a column.
  private static let mostInTexts = 500

  private var columns: [String: String] = [:]
  private var parts: [(text: String, column: String)] = []
  private let copy: PlainCopy

  init(_ copy: PlainCopy, _ context: QueryContext) throws {
    self.copy = copy
    for (column, secrets) in copy.secrets.sorted(by: { $0.key < $1.key }) {
      let field = Schema([Field("v", .string)])
      let values = ColumnBuilder(.string, capacity: secrets.count)
      for secret in secrets { values.append(.string(secret)) }
      let table = BatchTable(
        "secrets", field, [Batch(field, [values.finish()], rowCount: secrets.count)])
      let digests = try QueryRunner(catalog: NamedTables([table]), context: context).table(
        "SELECT v, md5(v), sha1(v), sha2(v, 256), sha2(v, 512), base64(CAST(v AS BINARY)), "
          + "hex(v), reverse(v) FROM secrets", name: "digests")
      for batch in digests.batches {
        for form in batch.columns {
          for row in 0..<batch.rowCount { columns[form.sparkText(at: row)] = column }
        }
      }
      parts += secrets.prefix(Self.mostInTexts).map { ($0, column) }
    }
  }

  /// The column of a secret that `answer` tells; nil where it tells none but what was asked.
  func column(in answer: LeakAnswer, asked question: String) -> String? {
    for row in answer.rows {
      for cell in row {
        if let column = columns[cell] ?? columns[cell.lowercased()] { return column }
      }
    }
    return parts.first { part in
      answer.forms.contains(part.text) && !question.contains(part.text)
        && !copy.shows(part.text)
    }?.column
  }
}
