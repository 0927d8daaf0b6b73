import Columnar
import Core

/// Change rows in the making.
final class ChangeRows {
  /// The columns that a change row has beside the source's.
  static let extraColumns = ["__op", "__sequence", "__committed_at"]

  let schema: Schema
  private(set) var count = 0
  private(set) var lastSequence: Int64

  private let columns: [String]
  private let updatedAt: String?
  /// The previous extraction; nil for a snapshot.
  private let previous: Timestamp?
  private let now: Timestamp
  private var builders: [ColumnBuilder]

  init(
    _ columns: [String], updatedAt: String?, after previous: Timestamp?, now: Timestamp,
    lastSequence: Int64
  ) {
    self.columns = columns
    self.updatedAt = updatedAt
    self.previous = previous
    self.now = now
    self.lastSequence = lastSequence
    schema = Schema(
      columns.map { Field($0, .string) } + [
        Field("__op", .string, isNullable: false), Field("__sequence", .bigint, isNullable: false),
        Field("__committed_at", .timestamp, isNullable: false),
      ])
    builders = schema.fields.map { ColumnBuilder($0.type) }
  }

  /// Appends a row of which `names` are the columns.
  func append(_ image: RowImage, _ names: [String], _ operation: String) throws(Fault) {
    guard let values = image.values(), values.count == names.count else {
      throw Fault(
        .data, "a remembered row is damaged", remedy: "rebuild the state from bronze")
    }
    var committedAt = now
    for (position, column) in columns.enumerated() {
      let known = names.indices.contains(position) && names[position] == column
      let index = known ? position : names.firstIndex(of: column)
      guard let index, let range = values[index] else {
        builders[position].appendNull()
        continue
      }
      let text = image.bytes[range]
      builders[position].append(bytes: text)
      if column == updatedAt, operation != "d", let moment = Timestamp(parsing: text),
        moment <= now, previous.map({ moment > $0 }) ?? true
      {
        committedAt = moment
      }
    }
    lastSequence += 1
    builders[columns.count].append(bytes: operation.utf8)
    builders[columns.count + 1].append(int64: lastSequence)
    builders[columns.count + 2].append(int64: committedAt.microseconds)
    count += 1
  }

  /// The rows appended since the last call.
  func finish() -> Batch {
    defer { count = 0 }
    return Batch(schema, builders.map { $0.finish() }, rowCount: count)
  }
}
