package import Core
package import JSON

/// What an erasure did, for whoever asks: each place, how much stood there, and what it is now. It
/// tells no person: the token can be compared by who knows the key and the lake's secret.
package struct ErasureCertificate: Sendable {
  package var fingerprint: String
  package var kind: String
  /// The keyed hash of the key.
  package var token: String
  package var madeBy: String
  package var approvedBy: String
  package var erasedAt: Timestamp
  package var places: [ErasedPlace]
  /// How much was searched afterwards.
  package var searchedFiles: Int
  package var searchedBytes: Int
  /// Files of the record of acts in which somebody wrote of the person.
  package var kept: [String] = []

  /// The certificate, with the digest of all the rest.
  package var json: JSONValue {
    var members: JSONObject = [
      "plan": .string(fingerprint), "kind": .string(kind), "token": .string(token),
      "made_by": .string(madeBy), "approved_by": .string(approvedBy),
      "erased_at": .string("\(erasedAt)"), "places": .array(places.map(\.json)),
      "search": [
        "files": JSONValue(searchedFiles), "bytes": JSONValue(searchedBytes), "found": 0,
        "kept": .array(kept.map { .string($0) }),
      ],
    ]
    members["sha256"] = .string(SHA256.hex(of: JSONWriter.text(.object(members))))
    return .object(members)
  }
}
