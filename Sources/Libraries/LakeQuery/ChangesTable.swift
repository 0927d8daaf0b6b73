import Columnar
import Core
import Delta
import Engine

/// The rows that some versions of a Delta table changed, as the engine scans them.
struct ChangesTable: TableProvider {
  let name: String
  private let feed: ChangeFeed

  /// The changes up to the version `latest` at most.
  init(name: String, _ span: ChangeSpan, of latest: Snapshot) throws(Fault) {
    self.name = name
    let table = latest.table
    var last = latest
    switch span.to {
    case nil: break
    case .version(let version): last = try table.snapshot(at: .version(version)) ?? last
    case .instant(let time): last = try table.snapshot(at: .timestamp(time)) ?? last
    }
    let first: Int64
    switch span.from {
    case .version(let version): first = version
    case .instant(let time): first = try table.firstVersion(since: time)
    }
    guard first <= last.version else {
      throw Fault(
        .usage, at: Place(table.path),
        "the changes of \(name) would begin with version \(first), after version \(last.version)",
        remedy: "give a beginning from 0 to \(last.version)")
    }
    feed = try ChangeFeed(of: last, from: first)
  }

  var schema: Schema { feed.schema }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    try feed.sources(
      columns: request.columns, predicates: request.predicates,
      atMost: max(1, request.parallelism))
  }
}
