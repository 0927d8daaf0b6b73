package import Core
package import UnixTool
package import WarehouseJobs

extension WarehouseOption {
  /// Where the options say that the warehouse of the lake at `lake` is.
  package func warehousePlace(inLake lake: String) throws(Fault) -> WarehousePlace {
    try WarehousePlace(place(inLake: lake), password: password(inLake: lake))
  }
}
