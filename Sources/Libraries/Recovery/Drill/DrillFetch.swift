import Core
import Sealing

/// Brings what an epoch takes from the place of a backup into an empty folder, file by file, as
/// whoever has lost everything else would.
struct DrillFetch {
  let source: any BackupPlace
  let copy: FolderPlace

  /// Everything but packs.
  func fetchDocuments() throws(Fault) {
    for file in try source.list("") where !file.name.hasPrefix("packs/") { try fetch(file.name) }
  }

  /// The packs that `epoch` needs; how many bytes they have.
  func fetchPacks(of epoch: String, _ key: SealingKey) throws(Fault) -> Int {
    // Where chunks lie, the place itself tells: its packs are not here yet.
    let repository = try BackupRepository(source, key)
    var needed: Set<String> = []
    for part in try repository.epoch(.named(epoch)).parts {
      for id in part.list + (try repository.files(of: part).flatMap(\.chunks)) {
        if let found = repository.index[id] { needed.insert(found.pack) }
      }
    }
    var count = 0
    for digest in needed.sorted() { count += try fetch(Pack.file(digest)) }
    return count
  }

  /// One file; how many bytes it has.
  @discardableResult
  func fetch(_ name: String) throws(Fault) -> Int {
    let bytes = try source.read(name)
    try copy.write(name, bytes)
    return bytes.count
  }
}
