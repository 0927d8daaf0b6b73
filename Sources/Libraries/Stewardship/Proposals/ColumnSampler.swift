import Columnar
import Core
package import Engine
package import LakeJobs
package import LakeQuery

/// Takes some values of each column of a table, all rows with the same chance, in memory that does
/// not grow with the table.
package struct ColumnSampler {
  private let catalog: LakeCatalog
  private let context: QueryContext
  /// How many rows are kept, and at most looked at.
  private let keptCount: Int
  private let readCount: Int
  private let seed: UInt64

  package init(
    _ catalog: LakeCatalog, _ context: QueryContext, keeping keptCount: Int = 2_000,
    ofAtMost readCount: Int = 500_000, seed: UInt64
  ) {
    self.catalog = catalog
    self.context = context
    self.keptCount = keptCount
    self.readCount = readCount
    self.seed = seed
  }

  /// The samples of the columns of `table`; a column of structures has one for each member, named
  /// `column.member`.
  package func samples(of table: LakeTableName) throws -> [ColumnSample] {
    let runner = catalog.runner(context)
    let name = "\(table.schema).`\(table.name)`"
    let source = try runner.run(try runner.plan(sql: "SELECT * FROM \(name)", name: "\(table)"))
    var random = SplitMix(seed)
    var kept: [[Scalar]] = []
    var seen = 0
    while seen < readCount, let batch = try source.next() {
      let batch = batch.compacted()
      for row in 0..<batch.rowCount {
        seen += 1
        if kept.count < keptCount {
          kept.append(batch.columns.map { $0.scalar(at: row) })
        } else if let place = random.place(below: seen), place < keptCount {
          kept[place] = batch.columns.map { $0.scalar(at: row) }
        }
      }
    }
    return source.schema.fields.indices.flatMap { index in
      samples(source.schema.fields[index], kept.map { $0[index] }, rowCount: kept.count)
    }
  }

  private func samples(_ field: Field, _ values: [Scalar], rowCount: Int) -> [ColumnSample] {
    switch field.type {
    case .array(let element, _):
      let elements = values.flatMap { value -> [Scalar] in
        if case .list(let elements) = value { elements } else { [] }
      }
      return samples(Field(field.name, element), elements, rowCount: rowCount)
    case .structure(let members):
      return members.indices.flatMap { index in
        let parts = values.map { value -> Scalar in
          if case .structure(let parts) = value { parts[index] } else { .null }
        }
        let name = "\(field.name).\(members[index].name)"
        return samples(Field(name, members[index].type), parts, rowCount: rowCount)
      }
    default:
      let texts = values.compactMap(Self.text)
      return [ColumnSample(field.name, Self.kind(of: field.type), texts, rowCount: rowCount)]
    }
  }

  private static func kind(of type: DataType) -> ColumnSample.Kind {
    switch type {
    case .date, .timestamp: .date
    case .double, .float, .decimal: .number
    case .tinyint, .smallint, .int, .bigint: .whole
    default: .text
    }
  }

  /// A value as a text; nil for none, or a blank one.
  private static func text(_ value: Scalar) -> String? {
    let text: String
    switch value {
    case .string(let string): text = String(string.trimmed)
    case .integer(let number): text = "\(number)"
    case .double(let number): text = "\(number)"
    case .decimal(let number): text = "\(number)"
    case .date(let day): text = "\(day)"
    case .timestamp(let moment): text = "\(moment)"
    case .null, .boolean, .binary, .list, .structure: return nil
    }
    return text.isEmpty ? nil : text
  }
}
