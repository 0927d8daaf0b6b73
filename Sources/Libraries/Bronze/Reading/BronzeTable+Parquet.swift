package import Columnar
import Core
import Parquet

extension BronzeTable {
  /// Opens each Parquet file of this reading, oldest first, with the columns that it has itself,
  /// whatever the contract says now: a column that is not in a file was not known of its rows.
  package var parquetFiles: [() throws -> any BatchSource] {
    files.map { file in
      { try FileReader(reader.fileSystem.open(file.path), at: Place(file.path)).batches() }
    }
  }
}
