import Columnar
package import Core
package import Delta

/// Whether the key indexes beside a table know the keys that it has.
package struct KeyIndexAudit {
  private let table: Table
  private var files: any FileSystem { table.fileSystem }

  /// An audit of the indexes of `table`.
  package init(of table: Table) { self.table = table }

  /// The folders of the table's indexes.
  package func folders() throws(Fault) -> [String] {
    let root = "\(table.path)/_keys"
    return try files.list(root).filter { !$0.hasPrefix(".") }.map { "\(root)/\($0)" }
  }

  /// What is wrong with the index in `folder`; nil when nothing is. Of `sample` all keys are asked
  /// for that the index should have.
  package func problem(
    of folder: String, in snapshot: Snapshot, sample: [AddedFile]
  ) throws -> String? {
    let path = "\(folder)/manifest"
    guard try files.exists(path) else { return nil }
    guard let manifest = KeyIndexManifest(try files.read(path)) else {
      return "its manifest cannot be read"
    }
    // One of a table that was made anew, or of columns that have gone or are called otherwise, is
    // passed over by everybody.
    guard manifest.table == snapshot.metadata.id,
      manifest.columns.allSatisfy({ snapshot.schema.index(of: $0) != nil }),
      manifest.physicalNames == manifest.columns.map(snapshot.physicalName)
    else { return nil }
    guard manifest.version <= snapshot.version else {
      return "it stands at version \(manifest.version), and the table at \(snapshot.version)"
    }
    var runs: [SortedKeys] = manifest.recent.isEmpty ? [] : [SortedKeys(manifest.recent)]
    for run in manifest.runs {
      guard try files.exists("\(folder)/\(run.file)"),
        let opened = try SortedKeys(try files.open("\(folder)/\(run.file)")),
        opened.count == run.count, try Self.isSorted(opened)
      else { return "its file \(run.file) is gone or damaged" }
      runs.append(opened)
    }
    let lookup = KeyLookup(
      columns: manifest.columns, partitions: manifest.partitions, runs: runs)
    return try missing(lookup, manifest, in: snapshot, sample)
  }

  private func missing(
    _ lookup: KeyLookup, _ manifest: KeyIndexManifest, in snapshot: Snapshot,
    _ sample: [AddedFile]
  ) throws -> String? {
    let known =
      manifest.version == snapshot.version
      ? snapshot : try table.snapshot(at: .version(manifest.version))
    let indexed = Set(known?.files.map(\.path) ?? [])
    for file in sample where indexed.contains(file.path) {
      for source in try snapshot.scan(columns: manifest.columns, files: [file]).sources() {
        while let batch = try source.next() {
          let hashes = KeyHash.hashes(of: batch.columns, count: batch.rowCount)
            .filter { $0 != KeyHash.none }
          let held = try lookup.mayHold(hashes)
          let lost = held.count { !$0 }
          if lost > 0 { return "it lacks \(counted(lost, "key")) of \(file.path)" }
        }
      }
    }
    return nil
  }

  private static func isSorted(_ run: SortedKeys) throws(Fault) -> Bool {
    var last: UInt64 = 0
    for start in stride(from: 0, to: run.count, by: 1 << 16) {
      for entry in try run.entries(start..<min(run.count, start + 1 << 16)) {
        if entry < last { return false }
        last = entry
      }
    }
    return true
  }
}
