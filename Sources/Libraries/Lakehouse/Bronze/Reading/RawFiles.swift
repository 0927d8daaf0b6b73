import Columnar
import Core
import Engine

/// Files that are read as they lie.
struct RawFiles: TableProvider {
  let name: String
  let files: [RawFile]
  let reader: RawFileReader

  var schema: Schema { reader.schema }
  var hiddenColumns: [Field] { BronzeTable.Provenance.fields }
  var estimatedRowCount: Int? {
    files.reduce(Int?(0)) { sum, file in sum.flatMap { s in file.rowCount.map { s + $0 } } }
  }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    files.filter { file in request.predicates.allSatisfy { reader.mayHold($0, in: file) } }
      .map { file in
        LazySource(reader.outputSchema(request.columns)) {
          try reader.rows(of: file, columns: request.columns, predicates: request.predicates)
        }
      }
  }
}

extension RawFile {
  /// The files below `folder` but those of names that begin with `_` or a point, in byte order.
  static func all(
    in folder: String, _ fileSystem: any FileSystem
  ) throws(Fault) -> [RawFile] {
    var files: [RawFile] = []
    for name in try fileSystem.list(folder) where !name.hasPrefix("_") && !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if try fileSystem.status(of: path)?.isDirectory == true {
        files += try all(in: path, fileSystem)
      } else {
        files.append(
          RawFile(
            path: path, name: path, rowCount: nil, partition: RawFile.partition(of: path)))
      }
    }
    return files
  }
}
