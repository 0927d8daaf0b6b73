import ArgumentParser
import Core
import Recovery
import UnixTool

/// Where the warehouse goes, if not into the lake.
struct WarehouseTarget: ParsableArguments {
  @Option(
    name: .customLong("warehouse-to"),
    help: ArgumentHelp(
      "put the warehouse there: a file, or an empty database as postgresql://USER@HOST/DATABASE",
      valueName: "PLACE"))
  var place: String?

  @Option(
    name: .customLong("warehouse-password"),
    help: ArgumentHelp("secret:NAME for that server", valueName: "SECRET"))
  var password: String?

  func restored() throws(Fault) -> RestoredWarehouse? {
    guard let place else { return nil }
    let secret = try password.map { (name) throws(Fault) in
      try Secret.resolve(name, in: "\(environment("MEDALLION_LAKE") ?? "lake")/_secrets")
    }
    return RestoredWarehouse(try WarehouseSource(place, password: secret))
  }
}
