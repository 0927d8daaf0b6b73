package import Columnar
import Compression
package import Core

/// The columns of foreign CSV files, told from how they begin.
package enum SchemaInference {
  /// The columns that the header of a CSV file names, all STRING.
  package static func csv(
    _ file: any ReadableFile, options: CSVOptions, at place: Place
  ) throws -> Schema {
    var options = options
    options.header = false
    options.batchRowCount = 1
    let splitter = LineSplitter(
      DecompressingReader(file, at: place), maximumLineLength: options.maximumRecordLength)
    guard let first = try splitter.next() else { return Schema([]) }
    let width = first.bytes.count { $0 == options.separator } + 1
    let schema = Schema((0..<width).map { Field("_c\($0)", .string) })
    guard let header = try CSVReader(file, schema: schema, options: options, at: place).next()
    else { return Schema([]) }
    var fields: [Field] = []
    for (position, column) in header.columns.enumerated() {
      guard case .string(let name) = column.scalar(at: 0) else { continue }
      fields.append(Field(name.isEmpty ? "_c\(position)" : name, .string))
    }
    return Schema(fields)
  }
}
