package import Core
package import JSON

/// What an erasure is to do: whom it is about, who takes its place, and what stands where of it.
///
/// Its fingerprint is what somebody else signs. It tells a person: it is kept where people are, and
/// never in the lake.
package struct ErasurePlan: Sendable, Equatable {
  package var kind: String
  package var key: String
  /// What takes the place of each key, by column.
  package var substitutes: [String: [String: String]]
  package var madeBy: String
  package var madeAt: Timestamp
  package var places: [ErasedPlace]

  /// SHA-256 of the plan, in hex.
  package var fingerprint: String { SHA256.hex(of: JSONWriter.text(body)) }

  /// The plan as it is written, its fingerprint with it.
  package var json: JSONValue {
    guard case .object(var members) = body else { return body }
    members["fingerprint"] = .string(fingerprint)
    return .object(members)
  }

  private var body: JSONValue {
    [
      "subject": .string("\(kind)=\(key)"),
      "substitutes": .object(
        JSONObject(
          substitutes.mapValues { keys in
            .object(JSONObject(keys.mapValues { .string($0) }))
          })),
      "made_by": .string(madeBy), "made_at": .string("\(madeAt)"),
      "places": .array(places.map(\.json)),
    ]
  }

  package init(
    kind: String, key: String, substitutes: [String: [String: String]], madeBy: String,
    madeAt: Timestamp, places: [ErasedPlace]
  ) {
    self.kind = kind
    self.key = key
    self.substitutes = substitutes
    self.madeBy = madeBy
    self.madeAt = madeAt
    self.places = places
  }

  /// Reads a plan; `.data` when it is none, or somebody has changed it.
  package init(_ bytes: [UInt8], at place: Place) throws(Fault) {
    let json = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self), at: place)
    let changed = Fault(
      .data, at: place, "this is no plan of an erasure, or it was changed",
      remedy: "make it anew with --plan, and have that signed")
    guard let subject = json["subject"]?.string, let sign = subject.firstIndex(of: "="),
      let time = json["made_at"]?.string.flatMap({ Timestamp(parsing: $0) }),
      let by = json["made_by"]?.string, let list = json["places"]?.array
    else { throw changed }
    kind = String(subject[..<sign])
    key = String(subject[subject.index(after: sign)...])
    substitutes = (json["substitutes"]?.object?.dictionary ?? [:]).mapValues { keys in
      (keys.object?.dictionary ?? [:]).compactMapValues(\.string)
    }
    madeBy = by
    madeAt = time
    places = list.compactMap(ErasedPlace.init)
    guard json["fingerprint"]?.string == fingerprint else { throw changed }
  }
}

extension ErasedPlace {
  /// The place as plans and certificates have it.
  package var json: JSONValue {
    var members: JSONObject = [
      "kind": .string(kind.rawValue), "place": .string(name), "count": JSONValue(count),
    ]
    if let before { members["sha256_before"] = .string(before) }
    if let after { members["sha256_after"] = .string(after) }
    return .object(members)
  }

  init?(_ json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init), let name = json["place"]?.string,
      let count = json["count"]?.int
    else { return nil }
    self.init(
      kind: kind, name: name, count: count, before: json["sha256_before"]?.string,
      after: json["sha256_after"]?.string)
  }
}
