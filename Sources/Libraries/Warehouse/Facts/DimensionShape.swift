import Columnar
import Core
import Database

/// What a stored dimension looks like: found in the warehouse itself, so that a fact needs no job
/// file but its own.
struct DimensionShape {
  let surrogate: String
  /// The natural key's columns.
  let key: [String]
  let columns: [TableColumn]

  var hasHistory: Bool { columns.contains { $0.name == "valid_from" } }

  init(_ dimension: String, _ load: LoadContext, for place: Place) throws(Fault) {
    columns = try load.database.columns(of: dimension)
    guard !columns.isEmpty else {
      throw Fault(
        .configuration, at: place, "the warehouse has no \(dimension)",
        remedy: "load the dimensions first, or correct the lookup")
    }
    surrogate = DimensionColumns.surrogate(of: dimension)
    key = try load.columns(ofIndex: dimension + "_natural").filter { $0 != "valid_from" }
  }

  /// `.configuration` when a fact's columns cannot be this dimension's natural key.
  func check(
    _ lookup: WarehouseTable.Lookup, of table: WarehouseTable
  ) throws(Fault) {
    guard lookup.naturalColumns.count == key.count else {
      throw Fault(
        .configuration, at: table.place,
        "\(table.name): \(lookup.column) gives "
          + "\(counted(lookup.naturalColumns.count, "column")) for the key of \(lookup.dimension)",
        remedy: "give one for each of: \(key.joined(separator: ", "))")
    }
    for (own, theirs) in zip(lookup.naturalColumns, key) {
      let type = table.schema.index(of: own).map { table.schema.fields[$0].type }
      let stored = columns.first { $0.name == theirs }?.type
      guard let type, let stored, kind(type) != kind(stored) else { continue }
      throw Fault(
        .configuration, at: table.place,
        "\(table.name): \(own) is \(type.sql), but \(lookup.dimension).\(theirs) is \(stored.sql)",
        remedy: "cast one of them")
    }
  }

  private func kind(_ type: DataType) -> Int {
    switch type {
    case .tinyint, .smallint, .int, .bigint: 1
    case .date: 2
    case .timestamp: 3
    case .boolean: 4
    default: 5
    }
  }
}
