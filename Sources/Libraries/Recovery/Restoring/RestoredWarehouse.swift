import Columnar
import Core
import Database
import WarehouseJobs

/// Where a warehouse goes back to, if not into the restored lake: another file, or an empty
/// database of a server.
package struct RestoredWarehouse: Sendable {
  private let source: WarehouseSource

  package init(_ source: WarehouseSource) { self.source = source }

  /// Whether it is on a server.
  var isServer: Bool { source.place.path == nil }

  var warehouse: WarehousePlace { source.place }

  /// Refuses a place that is not empty, unless it holds just this already.
  func check(_ files: any FileSystem, against epoch: Epoch) throws(Fault) {
    guard let mark = epoch.cut.warehouse else {
      throw Fault(
        .usage, "the epoch has no warehouse", remedy: "leave out --warehouse-to, and load it anew")
    }
    let isFile = source.place.path != nil
    guard isFile == (mark.kind == "file") else {
      throw Fault(
        .usage,
        isFile
          ? "the epoch's warehouse was on a PostgreSQL server, and does not go into a file"
          : "the epoch's warehouse was a SQLite file, and does not go onto a server",
        remedy: "leave out --warehouse-to, and load it anew there with load-dims and load-facts")
    }
    guard let path = source.place.path else { return try checkServer(mark) }
    for suffix in ["-wal", "-journal", "-shm"] where try files.exists(path + suffix) {
      throw Fault(
        .cannotCreate, at: Place(path + suffix),
        "this is of a database that was here; SQLite would put it over the restored one",
        remedy: "see to what it belongs, and remove it")
    }
    guard try files.exists(path) else { return }
    guard try WarehouseTotals(of: source.place, "file", files).mark == mark else {
      throw Fault(
        .cannotCreate, at: Place(path), "there is a database already",
        remedy: "name a file that is not there yet")
    }
  }

  private func checkServer(_ mark: EpochCut.WarehouseMark) throws(Fault) {
    guard let session = try source.place.openedToRead(LocalFileSystem()) else { return }
    let list = WarehouseSurvey.schemas.map { "'\($0)'" }.joined(separator: ", ")
    let count = try session.integer(
      "SELECT count(*) FROM pg_tables WHERE schemaname IN (\(list))")
    guard count > 0, try WarehouseTotals.mark(in: session, kind: "server") != mark else { return }
    throw Fault(
      .cannotCreate, at: session.place, "the database holds a warehouse already",
      remedy: "make an empty one: createdb")
  }

  /// Puts it there from what was restored in `staging`.
  func place(from staging: String, _ files: any FileSystem, of epoch: Epoch) throws(Fault) {
    guard let path = source.place.path else { return try load(from: staging, epoch) }
    let from = "\(staging)/\(WarehouseSurvey.file)"
    if try !files.exists(path) {
      let draft = try files.draft(path, replacing: false)
      let bytes = FileBytes(try files.open(from))
      while let piece = try bytes.next() { try draft.append(piece) }
      guard try draft.publish() == .published else {
        throw Fault(
          .cannotCreate, at: Place(path), "somebody has put a database here meanwhile",
          remedy: "name another file")
      }
    }
    try files.remove(from)
  }

  /// One transaction: a load that dies leaves the database empty.
  private func load(from staging: String, _ epoch: Epoch) throws(Fault) {
    if let session = try source.place.openedToRead(LocalFileSystem()),
      try WarehouseTotals.mark(in: session, kind: "server") == epoch.cut.warehouse
    {
      return
    }
    let outcome = try ChildProgram(
      "pg_restore",
      [
        "--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner",
        "--no-privileges", "--no-password", "--dbname=\(source.address)",
        "\(staging)/\(WarehouseSurvey.dump)",
      ],
      environment: source.password.map { ["PGPASSWORD": $0] } ?? [:]
    ).run(remedy: "install the server's client programs: apt-get install postgresql-client")
    guard outcome.status == 0 else {
      throw Fault(
        .temporary, at: Place("pg_restore"),
        "it ended with \(outcome.status): \(outcome.lastWord)",
        remedy: "see whether its user may make schemas there; nothing was loaded")
    }
  }
}
