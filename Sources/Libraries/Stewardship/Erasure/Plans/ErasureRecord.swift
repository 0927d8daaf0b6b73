package import Core
import JSON

/// Who was erased from a lake, without telling it: the keyed hash of each key, and what took its
/// place. What a restore brings back is erased once more by it.
package struct ErasureRecord: Sendable, Equatable {
  package var fingerprint: String
  package var kind: String
  /// What took the place of a key, by column and by the key's token.
  package var substitutes: [String: [String: String]]
  package var approvedBy: String
  /// What tells the secret of the hashes from others, and not what it is.
  package var secretName: String

  /// The name of a secret of keyed hashes.
  package static func name(of secret: [UInt8]) -> String {
    hexText(SHA256.keyed(secret, Array("erasures".utf8)).prefix(8))
  }

  /// The keyed hash by which a key is known again.
  package static func token(of key: String, in column: String, secret: [UInt8]) -> String {
    hexText(SHA256.keyed(secret, Array("erased \(column) \(key)".utf8)).prefix(16))
  }

  /// All that the record at `path` tells; none when there is no such file.
  package static func all(_ path: String, _ files: any FileSystem) throws(Fault)
    -> [ErasureRecord]
  {
    guard try files.exists(path) else { return [] }
    return try JSONReader().readLines(files.read(path), at: Place(path)).compactMap { json in
      guard let fingerprint = json["plan"]?.string, let kind = json["kind"]?.string else {
        return nil
      }
      return ErasureRecord(
        fingerprint: fingerprint, kind: kind,
        substitutes: (json["substitutes"]?.object?.dictionary ?? [:]).mapValues { tokens in
          (tokens.object?.dictionary ?? [:]).compactMapValues(\.string)
        }, approvedBy: json["approved_by"]?.string ?? "",
        secretName: json["secret"]?.string ?? "")
    }
  }

  /// Adds it to the record at `path`, unless it is there: all of a line or nothing, since the next
  /// run reads it before it goes on. Who calls holds the locks of the erasure.
  func add(to path: String, _ files: any FileSystem) throws(Fault) {
    guard try !Self.all(path, files).contains(where: { $0.fingerprint == fingerprint }) else {
      return
    }
    let json: JSONValue = [
      "plan": .string(fingerprint), "kind": .string(kind),
      "substitutes": .object(
        JSONObject(
          substitutes.mapValues { tokens in
            .object(JSONObject(tokens.mapValues { .string($0) }))
          })),
      "approved_by": .string(approvedBy), "secret": .string(secretName),
    ]
    let told = try files.exists(path) ? files.read(path) : []
    try files.replace(path, told + JSONWriter.bytes(json) + [UInt8(ascii: "\n")])
  }
}
