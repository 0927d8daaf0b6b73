package import Core

extension Transaction {
  /// Makes the table a shallow copy of `origin`: its columns, properties and rows, the latter in
  /// the files of the origin, which are named by their absolute paths.
  package mutating func copy(_ origin: Snapshot) throws(Fault) {
    guard snapshot == nil, metadata == nil else {
      throw Fault(
        .cannotCreate, at: Place(table.path), "the table exists", remedy: "give another place")
    }
    var metadata = origin.metadata
    metadata.id = RunID(naming: "\(context.runID) \(table.path)").description
    metadata.createdTime = context.clock.now.milliseconds
    self.metadata = metadata
    tableProtocol = origin.tableProtocol
    schema = origin.schema
    let files = table.fileSystem
    for var file in origin.files {
      file.path = FilePath.encode(
        try files.realPath(of: origin.table.location(ofFile: file.path)))
      if var vector = file.deletionVector, let place = try origin.table.location(of: vector) {
        vector.pathOrInline = FilePath.encode(try files.realPath(of: place))
        vector.storageType = "p"
        file.deletionVector = vector
      }
      file.dataChange = true
      added.append(file)
      outputRowCount = outputRowCount.saturatingAdd(file.rowCount ?? 0)
    }
  }
}
