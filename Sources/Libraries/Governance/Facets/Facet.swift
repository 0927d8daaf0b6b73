package import JSON

/// A piece of metadata of a fixed form, under a fixed key.
package protocol Facet: Equatable, Sendable {
  /// The member of `facets` it stands under.
  static var key: String { get }
  /// The address (or for our own the name) of its schema.
  static var schema: String { get }
  /// Its members, but for `_producer` and `_schemaURL`.
  var members: JSONObject { get }
  /// The facet with `members`; nil when a required one is missing.
  init?(_ members: JSONObject)
}

/// The facets of a run, a job or a dataset: each kind at most once, unknown ones kept as they are.
///
///     facets[VersionFacet.self] = VersionFacet("7")
package struct Facets: Hashable, Sendable {
  private var members: JSONObject

  package init() { members = JSONObject() }

  /// The facets in `json`; none when it is not an object.
  init(_ json: JSONValue?) { members = json?.object ?? JSONObject() }

  /// The facet of a kind, if it is there and whole; setting it says who produced it.
  package subscript<Content: Facet>(kind: Content.Type) -> Content? {
    get { members[Content.key]?.object.flatMap(Content.init) }
    set {
      guard let newValue else {
        members[Content.key] = nil
        return
      }
      let head: [JSONObject.Member] = [
        .init(key: "_producer", value: .string(OpenLineage.producer)),
        .init(key: "_schemaURL", value: .string(Content.schema)),
      ]
      members[Content.key] = .object(JSONObject(members: head + newValue.members.members))
    }
  }

  /// The facets with one more.
  package func adding(_ facet: some Facet) -> Facets {
    var facets = self
    facets.set(facet)
    return facets
  }

  /// Puts `facet` in, in place of one of its kind.
  package mutating func set<Content: Facet>(_ facet: Content) {
    self[Content.self] = facet
  }

  var json: JSONValue { .object(members) }
}

extension JSONObject {
  /// The object of those `members` that have a value.
  package init(present members: [(String, JSONValue?)]) {
    self.init(members.compactMap { member in member.1.map { (member.0, $0) } })
  }
}
