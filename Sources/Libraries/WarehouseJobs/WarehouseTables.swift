import Columnar
package import Core
import Database
package import Engine
import LakeJobs
package import LakeQuery

/// The tables of a warehouse, as queries scan them.
package struct WarehouseTables {
  private let address: WarehousePlace
  private let fileSystem: any FileSystem
  let database: any LoadingConnection

  /// The warehouse at `place`; nil when there is no such file yet.
  package init?(_ place: WarehousePlace, fileSystem: any FileSystem) throws(Fault) {
    guard let database = try place.openedToRead(fileSystem) else { return nil }
    address = place
    self.fileSystem = fileSystem
    self.database = database
  }

  /// The warehouse at `place`, opened when it is first asked for.
  static func opening(
    _ place: WarehousePlace, _ fileSystem: any FileSystem
  ) -> () throws(Fault) -> WarehouseTables? {
    var opened: WarehouseTables??
    return { () throws(Fault) -> WarehouseTables? in
      if let opened { return opened }
      let tables = try WarehouseTables(place, fileSystem: fileSystem)
      opened = .some(tables)
      return tables
    }
  }

  /// The names of the tables, in byte order.
  package func names() throws(Fault) -> [String] { try database.tables() }

  /// The table called `name`, letter case aside; `schema` is what stands before its name in
  /// lineage.
  package func table(
    _ name: String, schema: String
  ) throws(Fault) -> (any TableProvider)? {
    guard let found = try names().first(where: { $0.lowercased() == name.lowercased() }) else {
      return nil
    }
    return StarTable(
      place: address, fileSystem: fileSystem, table: found, name: "\(schema).\(found)",
      schema: try database.schema(of: found))
  }
}

extension LakeCatalog {
  /// Shows the tables of the warehouse at `place`, if it is there, as those of schema `warehouse`.
  package func showWarehouse(at place: WarehousePlace) {
    let warehouse = WarehouseTables.opening(place, lake.fileSystem)
    let isPast = isPast
    foreignTables = {
      try warehouse()?.names().map { LakeTableName(schema: "warehouse", name: $0) } ?? []
    }
    foreignTable = { [unowned self] name in
      guard name.schema == "warehouse", let tables = try warehouse() else { return nil }
      guard let table = try tables.table(name.name, schema: name.schema) else {
        foreignNames = try tables.names().map { "\(name.schema).\($0)" }
        return nil
      }
      guard !isPast else {
        throw Fault(.usage, "'\(name)' keeps no versions", remedy: "ask it without --as-of")
      }
      return table
    }
  }
}

/// A table of the warehouse; each scan opens the database anew, for the thread that drains it.
private struct StarTable: TableProvider {
  let place: WarehousePlace
  let fileSystem: any FileSystem
  let table: String
  let name: String
  let schema: Schema

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let positions = try request.columns.map { column in
      guard let position = schema.index(of: column) else {
        throw Fault(
          .internal, "no column '\(column)' in '\(name)'", remedy: "report this as a bug")
      }
      return position
    }
    guard let database = try place.openedToRead(fileSystem) else {
      throw Fault(
        .missing, "the warehouse of '\(name)' is gone", remedy: "run load-dims and load-facts")
    }
    let from = "FROM \(database.dialect.quoted(table))"
    guard !positions.isEmpty else {
      let one = Schema([Field("one", .bigint, isNullable: false)])
      return [RowCounts(try database.query("SELECT 1 \(from)", [], as: one))]
    }
    let fields = positions.map { schema.fields[$0] }
    let list = fields.map { database.dialect.quoted($0.name) }.joined(separator: ", ")
    return [try database.query("SELECT \(list) \(from)", [], as: Schema(fields))]
  }
}

/// The rows of a source without their values.
private final class RowCounts: BatchSource {
  let schema = Schema([])
  private let source: any BatchSource

  init(_ source: any BatchSource) { self.source = source }

  func next() throws -> Batch? { try source.next()?.selecting([]) }
}
