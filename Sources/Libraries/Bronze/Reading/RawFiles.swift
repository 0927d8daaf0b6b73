import Columnar
import Core
import Engine

/// Files that are read as they lie.
package struct RawFiles: TableProvider {
  let name: String
  let files: [RawFile]
  let reader: RawFileReader

  package init(
    name: String, files: [RawFile], reader: RawFileReader
  ) {
    self.name = name
    self.files = files
    self.reader = reader
  }

  var schema: Schema { reader.schema }
  var hiddenColumns: [Field] { BronzeTable.Provenance.all }
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
