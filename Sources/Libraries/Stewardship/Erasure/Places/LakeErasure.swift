import Bronze
import Core
import Database
import Delta
import LakeJobs

/// Takes a person out of all that lies below a lake's folder, whatever put it there.
struct LakeErasure {
  /// Parts of the lake that are not gone through: locks are empty, keys and secrets hold nothing of
  /// persons, and the record of acts cannot be changed.
  private static let others = ["_locks", "_keys", "_secrets", ErasureFolder.name, "_audit"]

  private let work: ErasureWork
  private let workspace: Workspace
  /// The file of the warehouse, which is seen to apart.
  private let warehouse: String?

  init(_ work: ErasureWork, _ workspace: Workspace, warehouse: String?) {
    self.work = work
    self.workspace = workspace
    self.warehouse = warehouse
  }

  /// What there was, in each place; `tell` hears of each as soon as it is done.
  func erase(_ tell: (ErasedPlace) throws -> Void) throws {
    let root = work.lake.root
    for name in try work.files.list(root) where !Self.others.contains(name) {
      if name == "_spill" {
        // Scratch of runs, none of which is at work.
        if !work.isTrial { try Tree(work.files).remove("\(root)/\(name)") }
        continue
      }
      try visit("\(root)/\(name)", tell)
    }
  }

  private func visit(_ path: String, _ tell: (ErasedPlace) throws -> Void) throws {
    guard let status = try work.files.status(of: path), !status.isLink else { return }
    guard status.isDirectory else { return try eraseFile(path).map(tell) ?? () }
    let names = try work.files.list(path)
    if names.contains(Table.logFolder) {
      for place in try TableErasure(work, path, of: table(of: path)).erase() { try tell(place) }
    } else if let contract = workspace.jobs.contracts.values.first(where: { $0.folder == path }) {
      for place in try BronzeErasure(work, path, of: contract.name, contract).erase() {
        try tell(place)
      }
    } else if names.contains("_commits") {
      let name = LakeTableName(schema: "quarantine", name: lastComponent(of: path))
      for place in try BronzeErasure(work, path, of: name, nil).erase() { try tell(place) }
    } else {
      for name in names { try visit("\(path)/\(name)", tell) }
    }
  }

  /// The table in a folder of the lake; an auxiliary one is its target's.
  private func table(of path: String) -> LakeTableName {
    let parts = work.name(of: path).split(separator: "/").map(String.init)
    var name = parts.last ?? ""
    if parts.count > 2, name.hasSuffix(".odd") { name.removeLast(4) }
    return LakeTableName(schema: parts.first ?? "", name: name)
  }

  private func eraseFile(_ path: String) throws -> ErasedPlace? {
    let name = lastComponent(of: path)
    if path == warehouse || warehouse.map({ path.hasPrefix("\($0)-") }) ?? false { return nil }
    if ["-wal", "-shm", "-journal"].contains(where: name.hasSuffix) { return nil }
    if name.hasPrefix("."), name.hasSuffix(".draft") {
      if !work.isTrial { try work.files.removeUnlessHeld(path) }
      return nil
    }
    if name.hasSuffix(".db") { return try eraseDatabase(path) }
    let none = RowRoles(keys: [], personal: [])
    if name.hasSuffix(".parquet") {
      return try DataFileErasure(work, none).erase(path, as: .text)?.place
    }
    return try LineFileErasure(work, none, .text).erase(path, as: .text)?.place
  }

  private func eraseDatabase(_ path: String) throws -> ErasedPlace? {
    let database = try SQLiteConnection(path, work.isTrial ? .readOnly : .create)
    let name = work.name(of: path)
    let found = try DatabaseErasure(work, database).erase { "\(name) \($0)" }
    let count = found.reduce(0) { $0 + $1.count }
    return count == 0 ? nil : ErasedPlace(kind: .database, name: name, count: count)
  }
}
