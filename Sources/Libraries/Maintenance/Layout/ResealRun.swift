import Columnar
import Core
import Delta
package import LakeJobs
import Sealing

/// Seals the columns of a table anew, with a new version of its data key: what lies in its files
/// now is what the new key opens.
///
/// The old version stays for older versions of the table, until a vacuum has taken their files;
/// rows are read with the one or the other at any moment. It is one commit: stopped before, the
/// next run begins again, and the key that was made is used by nothing. Values of persons have keys
/// of their own, and are not touched by it but in being sealed once more.
package struct ResealRun {
  private let workspace: Workspace

  package init(_ workspace: Workspace) { self.workspace = workspace }

  /// Gives the table a new key; the version of the table that is sealed with it, nil when the table
  /// has no rows. `.configuration` when none of its columns is sealed.
  package func renew(_ table: MaintainedTable) throws -> Int64? {
    let locks = try table.lock(in: workspace.lake)
    defer { locks.unlock() }
    guard let snapshot = try table.table.snapshot() else { return nil }
    let names = Set(snapshot.schema.fields.compactMap { $0.seal?.key })
    guard !names.isEmpty else {
      throw Fault(
        .configuration, "no column of '\(table.name)' is sealed",
        remedy: "say which are: 'seal' = 'email, phone' in its job file")
    }
    guard let keys = workspace.lake.keys else {
      throw Fault(
        .denied, "no master key is given", remedy: "give --keys, or MEDALLION_KEYS")
    }
    for name in names.sorted() { _ = try keys.addVersion(of: name) }
    let context = CommitContext(
      engine: "Medallion/\(Medallion.version)", operation: "RESEAL", parameters: [],
      runID: "\(workspace.lake.runID)", clock: workspace.lake.clock)
    let outcome = try table.table.update(context) { transaction in
      guard let snapshot = transaction.snapshot, !snapshot.files.isEmpty else { return }
      // Tags say of a file what no row does: files that have the same are sealed together.
      for (tags, files) in Dictionary(grouping: snapshot.files, by: \.tags) {
        let rows = try snapshot.scan(files: files)
        _ = try transaction.rearrange(
          files, as: SourceList(rows.schema, try rows.sources()), taggedAs: tags,
          byteLimit: 256 << 20)
      }
    }
    if case .committed(let version, _) = outcome { return version }
    return nil
  }
}
