package import Core
package import UnixTool
package import WarehouseJobs

extension WarehouseOption {
  /// Where the options say that the warehouse of the lake at `lake` is.
  package func warehousePlace(inLake lake: String) throws(Fault) -> WarehousePlace {
    try WarehousePlace(place(inLake: lake), password: password(inLake: lake))
  }
}

extension Needs {
  /// Adds the warehouse: its file, or its server.
  package mutating func add(_ access: Access, _ place: WarehousePlace) throws(Fault) {
    if let path = place.path { add(access, path: path) }
    for host in try place.hosts { add(host: host) }
    if let statement = try place.grant(toLoad: access == .write) { add(grant: statement) }
  }
}
