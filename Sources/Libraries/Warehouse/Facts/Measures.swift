import Columnar
import Core
import Database

/// The columns of a stored fact that may be summed: those that its job declares, or else its
/// decimals outside the grain.
struct Measures {
  let fields: [Field]
  private let load: LoadContext

  /// `fact` is a table of the warehouse.
  init(of fact: String, _ load: LoadContext) throws(Fault) {
    self.load = load
    let grain = try load.columns(ofIndex: fact + "_grain")
    let declared = try load.database.rows(
      "SELECT column_name FROM _measures WHERE fact = $1",
      [.string(fact)]
    ).compactMap { if case .string(let name) = $0[0] { name } else { nil } }
    fields = try load.database.schema(of: fact).fields.filter { field in
      declared.isEmpty
        ? field.type.isDecimal && !grain.contains(field.name) : declared.contains(field.name)
    }
  }

  /// Those of a fact as its job describes it.
  init(of fact: WarehouseTable.Fact, key: [String], _ load: LoadContext) {
    self.load = load
    fields = fact.stored.filter { field in
      fact.measures.isEmpty
        ? field.type.isDecimal && !key.contains(field.name)
        : fact.measures.contains(field.name)
    }
  }

  /// Part of the loader's own tables: which columns jobs declare as measures.
  static let table = """
    CREATE TABLE IF NOT EXISTS _measures (
      fact TEXT NOT NULL, column_name TEXT NOT NULL, PRIMARY KEY (fact, column_name));
    """

  /// Remembers what the job of `fact` declares.
  static func note(_ declared: [String], of fact: String, _ load: LoadContext) throws(Fault) {
    try load.database.run("DELETE FROM _measures WHERE fact = $1", [.string(fact)])
    for column in declared {
      try load.database.run(
        "INSERT INTO _measures VALUES ($1, $2)", [.string(fact), .string(column)])
    }
  }

  /// SQL for the sum of a measure over rows `alias`, in units of a decimal's last digit.
  func sum(of field: Field, in alias: String) -> String {
    let column = "\(alias).\(load.quoted(field.name))"
    // A server's sum of whole numbers is a decimal.
    switch field.type {
    case .float, .double: return "sum(\(column))"
    case .decimal(_, let scale):
      return "CAST(sum(CAST(round(\(column) * \(Decimal.power(scale))) AS BIGINT)) AS BIGINT)"
    default: return "CAST(sum(\(column)) AS BIGINT)"
    }
  }

  /// Sums as an object of JSON, decimals as texts: `{"net_amount":"12.30","quantity":"3.000"}`.
  func text(_ sums: [Scalar]) -> String {
    let parts = zip(fields, sums).map { field, sum in
      "\"\(field.name)\":\"\(Measures.text(sum, field.type))\""
    }
    return "{\(parts.joined(separator: ","))}"
  }

  /// Sums in words: `net_amount 12.30, quantity 3.000`.
  func words(_ sums: [Scalar]) -> String {
    zip(fields, sums).map { "\($0.name) \(Measures.text($1, $0.type))" }.joined(separator: ", ")
  }

  private static func text(_ sum: Scalar, _ type: DataType) -> String {
    switch sum {
    case .integer(let units) where type.isDecimal:
      "\(Decimal(unscaled: Int128(units), scale: type.scale))"
    case .integer(let number): "\(number)"
    case .double(let number): "\(number)"
    case .null: type.isDecimal ? "\(Decimal(unscaled: 0, scale: type.scale))" : "0"
    default: plain(sum)
    }
  }
}
