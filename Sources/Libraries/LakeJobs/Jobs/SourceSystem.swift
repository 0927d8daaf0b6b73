package import Core
import YAML

extension SourcesFile {
  /// A database that changes are extracted from.
  package struct SourceSystem: Sendable {
    /// Its name, and that of its folder in bronze.
    package var name: String
    package var kind: Kind
    /// A path, or for PostgreSQL an address without a password: a URI, or libpq's keywords; for
    /// Debezium the prefix of its topics.
    package var location: String
    /// How changes are found.
    package var method: Method
    /// What the password is, or `secret:NAME`; nil leaves it to the service file, the environment
    /// and `~/.pgpass`.
    package var password: String?
    /// The zone of times that do not tell theirs; nil is UTC.
    package var timeZone: String?
    /// The slot and the publication of logical decoding; nil is `medallion_<name>`.
    package var slot: String?
    package var publication: String?
    /// What else than its usual word Debezium writes for large values that did not change.
    package var placeholders: [String] = []
    package var tables: [SourceTable]
    package var place: Place
  }

  /// What a source system is.
  package enum Kind: String, Sendable, CaseIterable {
    case sqlite
    case postgresql
    /// Change events of Debezium, on stdin.
    case debezium

    /// How changes of such a system can be found; the first is what is meant where none is named.
    package var methods: [Method] {
      switch self {
      case .sqlite: [.compare, .triggers, .cursor]
      case .postgresql: [.logical, .cursor]
      case .debezium: [.events]
      }
    }
  }

  /// How changes are found.
  package enum Method: String, Sendable, CaseIterable {
    /// By keys and digests of rows, against what was seen last: nothing to set up.
    case compare
    /// By triggers that `cdc-extract --setup` puts into the source, into a table of changes.
    case triggers
    /// By columns that grow with each change of a row (SEMANTICS F).
    case cursor
    /// From the server's log, by a replication slot and a publication.
    case logical
    /// Told by someone else who reads the source's log.
    case events
  }

  /// A table of a source system.
  package struct SourceTable: Sendable {
    package var name: String
    /// The columns that tell its rows apart; a table without any cannot be extracted.
    package var keys: [String]
    package var updatedAt: String?
    /// How a cursor goes through it; nil for other methods.
    package var cursor: CursorSettings?
    /// How events write columns, by Debezium's and Connect's names, where they do not say so.
    package var types: [String: String] = [:]
    package var place: Place
  }

  /// How a cursor goes through a table: which rows are new, and which are gone.
  package struct CursorSettings: Sendable, Hashable {
    /// The columns of which the greatest says when a row changed.
    package var columns: [String]
    /// By how much a row may come late, in seconds, for its clock is not the source's own.
    package var lag: Int
    /// The column that says that a row is deleted: not NULL, not false, not 0.
    package var deletedColumn: String?
    /// Whether all keys are read each time, so that those which are gone are deletes.
    package var readsAllKeys: Bool
    /// Every so many extractions closed windows are counted again; 0 is never.
    package var auditInterval: Int
  }
}

extension SourcesFile.SourceSystem {
  /// The system that `value` describes.
  init(_ name: String, _ value: YAMLValue) throws(Fault) {
    let keys = try value.members(
      allowed: [
        "kind", "location", "cdc", "password", "time_zone", "slot", "publication", "tables",
        "placeholder",
      ])
    try NameRule.check(folder: name, "a system's name", at: value.place)
    let kind = try Self.kind(try SourcesFile.required("kind", keys, value))
    let method = try Self.method(keys["cdc"], of: kind)
    let place = try SourcesFile.required("location", keys, value)
    self.init(
      name: name, kind: kind,
      location: kind == .sqlite ? try SourcesFile.path(place) : try place.text(),
      method: method, password: try keys["password"]?.text(),
      timeZone: try Self.timeZone(keys["time_zone"]), slot: try keys["slot"]?.text(),
      publication: try keys["publication"]?.text(),
      placeholders: try keys["placeholder"]?.texts() ?? [], tables: [], place: value.place)
    for (tableName, table) in try SourcesFile.required("tables", keys, value).members() {
      try NameRule.check(folder: tableName, "a table's name", at: table.place)
      tables.append(try SourcesFile.SourceTable(tableName, table, method))
    }
  }

  private static func kind(_ value: YAMLValue) throws(Fault) -> SourcesFile.Kind {
    if let kind = SourcesFile.Kind(rawValue: try value.text()) { return kind }
    throw Fault(
      .configuration, at: value.place, "'\(try value.text())' is not a kind of source",
      remedy: "use \(choice(SourcesFile.Kind.allCases.map(\.rawValue)))")
  }

  private static func method(
    _ value: YAMLValue?, of kind: SourcesFile.Kind
  ) throws(Fault) -> SourcesFile.Method {
    guard let value else { return kind.methods[0] }
    let method = SourcesFile.Method(rawValue: try value.text())
    if let method, kind.methods.contains(method) { return method }
    throw Fault(
      .configuration, at: value.place,
      "'\(try value.text())' is not a way to find changes of \(kind.rawValue)",
      remedy: "use \(choice(kind.methods.map(\.rawValue)))")
  }

  private static func choice(_ names: [String]) -> String { names.joined(separator: " or ") }

  private static func timeZone(_ value: YAMLValue?) throws(Fault) -> String? {
    guard let value else { return nil }
    let name = try value.text()
    guard ZoneRules.named(name) != nil else {
      var fault = ZoneRules.unknown(name)
      fault.kind = .configuration
      throw fault.placed(at: value.place)
    }
    return name
  }
}

extension SourcesFile.SourceTable {
  /// The table that `value` describes, whose changes are found by `method`.
  init(_ name: String, _ value: YAMLValue, _ method: SourcesFile.Method) throws(Fault) {
    let ofCursor: Set = ["cursor", "lag_seconds", "deleted", "deletes", "audit_every"]
    let keys = try value.members(
      allowed: ["keys", "updated_at"] + (method == .cursor ? ofCursor.sorted() : [])
        + (method == .events ? ["types"] : []))
    self.init(
      name: name, keys: try keys["keys"]?.texts() ?? [],
      updatedAt: try keys["updated_at"]?.text(), cursor: nil, place: value.place)
    for (column, type) in try keys["types"]?.members() ?? [] { types[column] = try type.text() }
    guard method == .cursor else { return }
    let columns = try SourcesFile.required("cursor", keys, value).texts()
    let deletes = keys["deletes"]
    if let deletes, try deletes.text() != "keys" {
      throw Fault(
        .configuration, at: deletes.place,
        "'\(try deletes.text())' is not a way to find deletes", remedy: "use keys")
    }
    cursor = SourcesFile.CursorSettings(
      columns: columns, lag: try Self.count(keys["lag_seconds"]) ?? 0,
      deletedColumn: try keys["deleted"]?.text(), readsAllKeys: deletes != nil,
      auditInterval: try Self.count(keys["audit_every"]) ?? 0)
  }

  private static func count(_ value: YAMLValue?) throws(Fault) -> Int? {
    guard let value else { return nil }
    if let count = Int(try value.text()), (0...1_000_000_000).contains(count) { return count }
    throw Fault(
      .configuration, at: value.place, "'\(try value.text())' is no number of that kind",
      remedy: "write a whole number, 0 or more")
  }
}
