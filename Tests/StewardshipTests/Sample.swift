import Core
import Governance
import LakeJobs
import LakeSupport
import Stewardship
import TestSupport
import WarehouseJobs

/// Entries and catalogs that tests make up.
enum Sample {
  static func entry(
    _ name: String, columns: [String] = ["id"], identity: String? = nil
  ) -> CatalogEntry {
    var entry = CatalogEntry(table: name, .materializedView)
    entry.columns = columns.map { CatalogColumn($0, "STRING") }
    entry.identity = identity
    return entry
  }

  static func time(_ day: Int) -> Timestamp {
    Timestamp.ofTests.adding(seconds: Int64(day) * 86_400) ?? .ofTests
  }

  static func catalog(
    _ entries: [CatalogEntry], _ memory: CatalogMemory = CatalogMemory(),
    _ glossary: Glossary = Glossary(), blind: [CatalogLook.BlindSpot] = []
  ) -> TableCatalog {
    TableCatalog(
      CatalogLook(entries, blindSpots: blind), memory, glossary, LineageGraph(), at: .ofTests)
  }

  /// The catalog of a lake, with its warehouse.
  static func catalog(
    of lake: TestLake, _ files: any FileSystem = LocalFileSystem(),
    _ sensitivity: (any SensitivityBook)? = nil, samples: Bool = false
  ) throws -> TableCatalog {
    var options = CatalogGatherer.Options()
    options.warehouse = try WarehousePlace(lake.folder.file("lake/warehouse.db"))
    options.sensitivity = sensitivity
    if samples { options.samples = lake.context() }
    return try CatalogGatherer(lake.workspace(files), options) { _ in }.catalog()
  }
}

/// All columns are harmless, but for those called `hidden`.
struct OpenBook: SensitivityBook {
  var hidden: Set<String> = []

  func labels(of table: String, _ column: String) -> ColumnSensitivity {
    hidden.contains(column)
      ? ColumnSensitivity(["email"], showsValues: false) : ColumnSensitivity([], showsValues: true)
  }
}
