import Bronze
import Columnar
import Core
import LakeJobs
import Parquet

/// Takes a person out of a bronze table, or out of rows that are to be replayed: its raw files, its
/// rejects, what extraction remembers, and its log. Each file has as many lines after it, so that
/// every reader's position stays true.
struct BronzeErasure {
  /// Parts of the folder that hold no lines.
  private static let others = ["_commits", "_ledger", "_state", "_tiers", "_archive"]

  private let work: ErasureWork
  private let folder: String
  private let roles: RowRoles
  private let contract: BronzeContract?

  /// The dataset in `folder`; `contract` is its own, nil for rows that are to be replayed.
  init(
    _ work: ErasureWork, _ folder: String, of name: LakeTableName, _ contract: BronzeContract?
  ) {
    self.work = work
    self.folder = folder
    self.contract = contract
    roles = work.roles(name)
  }

  /// What there was, in each place.
  func erase() throws -> [ErasedPlace] {
    let tiers = TieredDays(folder, work.files)
    try tiers.checkReach()
    var places: [ErasedPlace] = []
    var restated: [String: (byteCount: Int, digest: String)] = [:]
    for path in try Tree(work.files).files(in: folder) {
      let part = String(path.dropFirst(folder.utf8.count + 1))
      if Self.others.contains(where: { part.hasPrefix("\($0)/") }) { continue }
      if lastComponent(of: path).hasPrefix(".") {
        if !work.isTrial { try work.files.removeUnlessHeld(path) }
        continue
      }
      guard let (place, byteCount) = try erase(path, part) else { continue }
      places.append(place)
      if let digest = place.after { restated[part] = (byteCount, digest) }
    }
    places += try forgetState()
    let log = BronzeLog(folder: folder, fileSystem: work.files)
    if !work.isTrial {
      try tiers.restate(restated)
      _ = try log.restate(restated) { text in
        work.scrub.scrubbed(Array(text.utf8)[...]).map { String(decoding: $0.bytes, as: UTF8.self) }
      }
    }
    return places
  }

  private func erase(_ path: String, _ part: String) throws -> (ErasedPlace, Int)? {
    if path.hasSuffix(".parquet") {
      let outcome = try DataFileErasure(work, roles).erase(path, as: .bronze)
      return outcome.map { ($0.place, $0.written?.byteCount ?? 0) }
    }
    let isOwn = part.hasPrefix("_")
    let outcome = try LineFileErasure(work, roles, isOwn ? .records : form())
      .erase(path, as: .bronze)
    return outcome.map { ($0.place, $0.byteCount) }
  }

  private func form() -> LineFileErasure.Form {
    guard let contract, contract.format == "csv" else { return .records }
    let delimiter = contract.options["sep"] ?? contract.options["delimiter"] ?? ","
    let hasHeader = contract.options["header"]?.lowercased() == "true"
    let separator = delimiter == "\\t" ? UInt8(ascii: "\t") : delimiter.utf8.first
    return .fields(
      CSVRecordScrub(
        work.person, roles, work.scrub, delimiter: separator ?? UInt8(ascii: ","),
        quote: contract.options["quote"]?.utf8.first ?? UInt8(ascii: "\""),
        header: hasHeader
          ? nil
          : Array(contract.schema.names.joined(separator: delimiter).utf8)))
  }

  /// What extractions remember of rows is made anew from bronze by the next.
  private func forgetState() throws -> [ErasedPlace] {
    let state = "\(folder)/_state"
    let paths = try Tree(work.files).files(in: state)
    guard !paths.isEmpty else { return [] }
    var count = 0
    for path in paths where work.scrub.occurs(in: try work.files.read(path)[...]) { count += 1 }
    guard count > 0 else { return [] }
    if !work.isTrial { try Tree(work.files).remove(state) }
    return [ErasedPlace(kind: .state, name: work.name(of: state), count: count)]
  }
}
