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
    options.header = true
    let reader = try CSVReader(file, schema: Schema([]), options: options, at: place)
    while reader.header == nil, try reader.next() != nil {}
    let names = CSVHeader.distinct(reader.header?.names ?? [])
    return Schema(names.map { Field($0, .string) })
  }
}
