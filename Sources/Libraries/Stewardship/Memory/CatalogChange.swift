package import Core
import JSON

/// Something that was seen to have happened to an entry since the look before.
package enum CatalogChange: Sendable, Equatable {
  case appeared(EntryShape)
  case changed(EntryShape)
  /// The entry of another name is this one now: its table is the same.
  case renamed(from: String, EntryShape)
  /// All could be read, and it was not there.
  case missing(String)
  /// It is there again, after it was missing.
  case found(EntryShape)
  /// A person said that it is gone for good.
  case dropped(String, by: String, why: String)
  /// It is there again, after it was dropped.
  case revived(EntryShape)
  /// It could not be read, and why; nothing else follows from that.
  case unread(String, why: String)
  case readAgain(String)
  /// The columns of a version, which the table's log may forget.
  case schema(String, CatalogEntry.SchemaVersion)

  /// The entry's name after it.
  package var name: String {
    switch self {
    case .appeared(let shape), .changed(let shape), .renamed(_, let shape), .found(let shape),
      .revived(let shape):
      shape.name
    case .missing(let name), .dropped(let name, _, _), .unread(let name, _), .readAgain(let name),
      .schema(let name, _):
      name
    }
  }

  private var word: String {
    switch self {
    case .appeared: "appeared"
    case .changed: "changed"
    case .renamed: "renamed"
    case .missing: "missing"
    case .found: "found"
    case .dropped: "dropped"
    case .revived: "revived"
    case .unread: "unread"
    case .readAgain: "read"
    case .schema: "schema"
    }
  }

  var json: JSONValue {
    var object: JSONObject = ["change": .string(word), "entry": .string(name)]
    switch self {
    case .appeared(let shape), .changed(let shape), .found(let shape), .revived(let shape):
      object["shape"] = shape.json
    case .renamed(let former, let shape):
      object["from"] = .string(former)
      object["shape"] = shape.json
    case .dropped(_, let by, let why):
      object["by"] = .string(by)
      object["why"] = .string(why)
    case .unread(_, let why): object["why"] = .string(why)
    case .schema(_, let version):
      object["version"] = JSONValue(version.version)
      object["at"] = .string(version.time.description)
      object["columns"] = .array(
        version.columns.map { ["name": .string($0.name), "type": .string($0.type)] })
    case .missing, .readAgain: break
    }
    return .object(object)
  }

  /// The change that `json` tells of; nil for one of a later release, which is passed over.
  init?(_ json: JSONValue) {
    guard let word = json["change"]?.string, let name = json["entry"]?.string else { return nil }
    let shape = EntryShape(json["shape"])
    switch (word, shape) {
    case ("appeared", let shape?): self = .appeared(shape)
    case ("changed", let shape?): self = .changed(shape)
    case ("renamed", let shape?): self = .renamed(from: json["from"]?.string ?? "", shape)
    case ("found", let shape?): self = .found(shape)
    case ("revived", let shape?): self = .revived(shape)
    case ("missing", _): self = .missing(name)
    case ("dropped", _):
      self = .dropped(name, by: json["by"]?.string ?? "", why: json["why"]?.string ?? "")
    case ("unread", _): self = .unread(name, why: json["why"]?.string ?? "")
    case ("read", _): self = .readAgain(name)
    case ("schema", _):
      guard let version = json["version"]?.int64,
        let time = json["at"]?.string.flatMap({ Timestamp(rfc3339Text: $0) })
      else { return nil }
      let columns = (json["columns"]?.array ?? []).compactMap { column in
        column["name"]?.string.map {
          CatalogEntry.SchemaColumn($0, column["type"]?.string ?? "")
        }
      }
      self = .schema(name, CatalogEntry.SchemaVersion(version, time, columns))
    default: return nil
    }
  }
}

/// What one look saw to have changed.
package struct CatalogCommit: Sendable, Equatable {
  /// 0 for the first, then one more each.
  package var version: Int64
  package var time: Timestamp
  package var runID: String
  package var changes: [CatalogChange]

  package init(version: Int64, time: Timestamp, runID: String, changes: [CatalogChange]) {
    self.version = version
    self.time = time
    self.runID = runID
    self.changes = changes
  }
}
