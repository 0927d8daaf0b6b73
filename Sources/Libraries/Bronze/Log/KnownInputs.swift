package import Core

/// The inputs that earlier commits took, and those of this run: by digest, and by name, size and
/// time for a quick answer.
package struct KnownInputs {
  private struct Look: Hashable {
    var name: String
    var byteCount: Int
    var modified: Timestamp?
  }

  private let ledger: InputLedger
  private var digests: Set<String> = []
  private var looks: Set<Look> = []
  private var names: Set<String> = []

  package init(_ ledger: InputLedger) { self.ledger = ledger }

  /// Adds an input of this run.
  package mutating func insert(_ input: BronzeInput) {
    digests.insert(input.digest)
    names.insert(input.name)
    looks.insert(
      Look(name: input.name, byteCount: input.byteCount, modified: input.modified))
  }

  /// Whether an input with these bytes was taken.
  package func contains(digest: String) -> Bool {
    digests.contains(digest) || ledger.contains(digest: digest)
  }

  /// Whether a file of this name was taken, whatever was in it.
  package func has(name: String) -> Bool { names.contains(name) || ledger.has(name: name) }

  /// Whether the file at `path` was taken and looks as it did then.
  package func has(_ path: String, _ status: FileStatus) -> Bool {
    let look = Look(name: path, byteCount: status.byteCount, modified: status.modified)
    return looks.contains(look) || ledger.has(path, status)
  }
}
