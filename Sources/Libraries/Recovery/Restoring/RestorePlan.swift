import Core

/// What a restore will do, before it does any of it.
package struct RestorePlan: Sendable {
  /// A part of the epoch, as far as it is restored.
  package struct Part: Sendable {
    package let name: String
    package let fileCount: Int
    package let byteCount: Int
  }

  package let epoch: Epoch
  package let scope: RestoreScope
  /// The folder that is made.
  package let target: String
  package let parts: [Part]
  /// Bytes that are read of the backup.
  package let fetchedByteCount: Int
  let files: [BackupFile]

  /// Bytes that the files have.
  package var byteCount: Int { parts.reduce(0) { $0.saturatingAdd($1.byteCount) } }

  /// How many files are written.
  package var fileCount: Int { files.count }

  init(_ epoch: Epoch, _ scope: RestoreScope, into target: String, _ repository: BackupRepository)
    throws(Fault)
  {
    self.epoch = epoch
    self.scope = scope
    self.target = target
    var parts: [Part] = []
    var files: [BackupFile] = []
    for part in try scope.parts(of: epoch) {
      var chosen = try repository.files(of: part)
      if let day = scope.day, RestoreScope.holdsRows(part.name) {
        chosen = DayFiles(day).files(of: chosen)
      }
      parts.append(
        Part(
          name: part.name, fileCount: chosen.count,
          byteCount: chosen.reduce(0) { $0.saturatingAdd($1.byteCount) }))
      files += chosen
    }
    self.parts = parts
    self.files = files
    fetchedByteCount = repository.chunks.storedByteCount(of: Set(files.flatMap(\.chunks)))
  }
}
