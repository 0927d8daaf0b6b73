package import Columnar
import Core
import Parquet

extension BronzeTable {
  /// Opens each Parquet file of this reading, oldest first, with the columns that it has itself,
  /// whatever the contract says now: a column that is not in a file was not known of its rows.
  package var parquetFiles: [() throws -> any BatchSource] {
    files.map { file in
      {
        let bytes = try file.open(reader.fileSystem)
        if bytes.byteCount == 0 { return NoRows(Schema([])) }
        return try FileReader(bytes, at: Place(file.path)).batches()
      }
    }
  }
}
