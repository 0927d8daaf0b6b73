import Core
import LakeJobs

/// What a bronze contract asks of the files that are dropped for it, by its table properties:
///
///     'ingest.done' = '*.done'                     a file is whole when this one stands beside it
///     'ingest.manifest' = '*.manifest.json'        or when this one tells of it
///     'ingest.settle' = '60s'                      or when it has not changed for so long
///     'ingest.trailer' = 'TRAILER, rows, sum(amount)'   the record that ends a CSV file
///     'ingest.drift' = 'evolve'                    evolve, freeze or quarantine
///
/// In the name of a companion `*` stands for the file's own name; without one the companion is
/// that of all files in the folder.
struct FileRules: Sendable {
  /// What happens to a file whose fields are not those of the contract.
  enum Drift: String, CaseIterable {
    /// It is taken, and what is new is told; fields that are not declared wait in bronze.
    case evolve
    /// It is refused.
    case freeze
    /// Its records are set aside.
    case quarantine
  }

  private(set) var done: CompanionName?
  private(set) var manifest: CompanionName?
  private(set) var settle: Duration?
  private(set) var trailer: TrailerForm?
  private(set) var drift = Drift.evolve

  /// The rules of a contract; `.configuration` for a property that says nothing to us.
  init(_ contract: BronzeContract) throws(Fault) {
    done = try Self.name(.done, contract)
    manifest = try Self.name(.manifest, contract)
    if let text = contract[.settle] {
      guard let span = TimeSpan(text) else {
        throw Self.fault(.settle, contract, "give a length of time, such as 60s or 5m")
      }
      settle = span.duration
    }
    if let text = contract[.trailer] {
      guard contract.format == "csv" else {
        throw Self.fault(.trailer, contract, "only CSV files have trailers")
      }
      guard let form = TrailerForm(text) else {
        throw Self.fault(
          .trailer, contract,
          "write the mark, then rows, sum(column) or - for each field, with commas between")
      }
      trailer = form
    }
    if let text = contract[.drift] {
      guard let mode = Drift(rawValue: text.lowercased()) else {
        throw Self.fault(.drift, contract, "use evolve, freeze or quarantine")
      }
      drift = mode
    }
  }

  /// The columns that must be summed up for the totals that a sender tells.
  func sums(of totals: ControlTotals?) -> [String] {
    var columns = Set((totals?.sums ?? [:]).keys)
    for case .sum(let column) in trailer?.fields ?? [] { columns.insert(column) }
    return columns.sorted()
  }

  /// Whether a file of this name tells of others and holds no data itself.
  func isCompanion(_ name: String) -> Bool {
    done?.matches(name) == true || manifest?.matches(name) == true
  }

  private static func name(
    _ property: IngestProperty, _ contract: BronzeContract
  ) throws(Fault) -> CompanionName? {
    guard let text = contract[property] else { return nil }
    guard let name = CompanionName(text) else {
      throw fault(property, contract, "give a file's name, * in it for that of the data")
    }
    return name
  }

  private static func fault(
    _ property: IngestProperty, _ contract: BronzeContract, _ remedy: String
  ) -> Fault {
    Fault(
      .configuration, at: contract.place,
      "'\(property.rawValue)' cannot be '\(contract[property] ?? "")'", remedy: remedy)
  }
}
