import Compression
import Core
import JSON
import Sealing

/// What tells of epochs and chunks, as it lies in a backup: JSON, made smaller and sealed. A
/// document opens under its own purpose and name only, so that none can stand in for another.
enum SealedDocument {
  private static let beginning = Array("MDLDOCU1".utf8)

  /// The bytes of a file that holds `json`.
  static func bytes(
    _ json: JSONValue, for purpose: String, _ keys: BackupKeys
  ) throws(Fault) -> [UInt8] {
    let text = JSONWriter.bytes(json)
    let small = try Codec.zstd.compress(block: text, level: 3)
    return beginning + keys.documents.seal(small, for: keys.associated(purpose))
  }

  /// What the bytes of a file hold; nil when they are not what was sealed for this purpose.
  static func json(
    _ bytes: [UInt8], for purpose: String, _ keys: BackupKeys, at place: Place
  ) throws(Fault) -> JSONValue? {
    guard bytes.starts(with: beginning),
      let small = keys.documents.open(
        Array(bytes[beginning.count...]), for: keys.associated(purpose))
    else { return nil }
    let reader = DecompressingReader(MemoryBytes([small]), at: place)
    var text: [UInt8] = []
    while let piece = try reader.next() { text += piece }
    return try JSONValue(parsing: text, at: place)
  }
}
