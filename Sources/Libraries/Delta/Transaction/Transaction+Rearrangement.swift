package import Columnar
import Core

extension Transaction {
  /// Puts the rows of `files` into new files, in the order in which `source` gives them: all their
  /// rows, and no others. No row is changed, and who reads the table's changes is told of none;
  /// a transaction that does this may do nothing else.
  ///
  /// The new files bear `tags`, and end when they have grown to `byteLimit`. Tells them. Rows that
  /// other writers add meanwhile stay; one that takes a file of these out makes it conflict.
  package mutating func rearrange(
    _ files: [AddedFile], as source: any BatchSource, taggedAs tags: [String: String?]?,
    byteLimit: Int
  ) throws -> [AddedFile] {
    isRearrangement = true
    for file in files { remove(file) }
    let first = added.count
    // No removed file comes back under tags that are not its own.
    _ = try write(keepsNames: true, fileByteLimit: byteLimit) { writer in
      while let batch = try source.next() { try writer.append(batch) }
    }
    for index in added.indices.dropFirst(first) {
      added[index].tags = tags
      added[index].dataChange = false
    }
    return Array(added.dropFirst(first))
  }
}
