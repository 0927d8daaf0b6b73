package import Columnar
package import Core

/// A version whose commit gave a table other columns.
package struct SchemaVersion: Sendable {
  package let version: Int64
  package let time: Timestamp
  package let schema: Schema
}

extension Table {
  /// The versions after `last`, of those whose commits the log holds, that gave the table other
  /// columns than the one before; ascending. Quick where few did: of the others only the bytes are
  /// looked through.
  package func schemaVersions(after last: Int64 = -1) throws(Fault) -> [SchemaVersion] {
    var found: [SchemaVersion] = []
    let mark = Array("\"metaData\"".utf8)
    for version in try commitVersions() where version > last {
      let bytes = try log.fileSystem.read(log.commitPath(version))
      guard bytes.contains(mark) else { continue }
      let step = try self.step(version)
      guard let metadata = step.metadata else { continue }
      let schema = try SchemaJSON.decode(metadata.schemaText, at: Place(log.commitPath(version)))
      guard schema != found.last?.schema else { continue }
      found.append(
        SchemaVersion(
          version: version, time: try timestamp(of: version, step.commit), schema: schema))
    }
    return found
  }
}
