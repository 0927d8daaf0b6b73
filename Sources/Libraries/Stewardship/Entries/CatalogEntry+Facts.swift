package import Core

extension CatalogEntry {
  /// How it stood when it was read.
  package struct TableState: Sendable, Equatable {
    package var version: String?
    package var changed: Timestamp?
    package var rowCount: Int?
    package var byteCount: Int?
    package var fileCount: Int?

    package init() {}
  }

  /// A version with which its columns changed.
  package struct SchemaVersion: Sendable, Equatable {
    package var version: Int64
    package var time: Timestamp
    /// The columns as that version has them: names and types.
    package var columns: [SchemaColumn]

    package init(_ version: Int64, _ time: Timestamp, _ columns: [SchemaColumn]) {
      self.version = version
      self.time = time
      self.columns = columns
    }
  }

  /// A column's name and type.
  package struct SchemaColumn: Sendable, Hashable {
    package var name: String
    package var type: String

    package init(_ name: String, _ type: String) {
      self.name = name
      self.type = type
    }
  }

  /// The last run that wrote it.
  package struct LastRun: Sendable, Equatable {
    package var id: String
    package var job: String
    package var time: Timestamp

    package init(_ id: String, _ job: String, _ time: Timestamp) {
      self.id = id
      self.job = job
      self.time = time
    }
  }

  /// A rule on its rows, and how it fared.
  package struct Rule: Sendable, Equatable {
    package var name: String
    /// `error`, `warn`, or what happens to a row that breaks an expectation.
    package var level: String
    /// The condition, or what is asked.
    package var text: String
    package var place: String?
    package var columns: [String]
    /// The last outcomes, the oldest first.
    package var outcomes: [Outcome] = []

    package init(
      _ name: String, level: String, _ text: String, place: String?, columns: [String] = []
    ) {
      self.name = name
      self.level = level
      self.text = text
      self.place = place
      self.columns = columns
    }
  }

  /// What one check found.
  package struct Outcome: Sendable, Equatable {
    package var time: Timestamp
    package var holds: Bool
    /// How many rows broke the rule.
    package var rowCount: Int?

    package init(_ time: Timestamp, holds: Bool, rowCount: Int?) {
      self.time = time
      self.holds = holds
      self.rowCount = rowCount
    }
  }

  /// Rows that one rule set aside.
  package struct SetAside: Sendable, Equatable {
    package var rule: String
    package var waiting: Int
    package var replayed: Int

    package init(_ rule: String, waiting: Int, replayed: Int) {
      self.rule = rule
      self.waiting = waiting
      self.replayed = replayed
    }
  }

  /// What is remembered of it.
  package struct Past: Sendable, Equatable {
    package var firstSeen: Timestamp?
    /// What it was called before, the oldest first.
    package var formerNames: [String] = []
    /// Since when it is not where it was, though everything could be read.
    package var missingSince: Timestamp?
    package var dropped: Removal?
    /// Since when it could not be read.
    package var unreadSince: Timestamp?

    package init() {}
  }

  /// That a person said that it is gone for good.
  package struct Removal: Sendable, Equatable {
    package var time: Timestamp
    package var by: String
    package var why: String

    package init(_ time: Timestamp, by: String, why: String) {
      self.time = time
      self.by = by
      self.why = why
    }
  }
}

extension CatalogEntry {
  /// How it stands: `there`, `not read`, `missing` or `dropped`.
  package var standing: Standing {
    if past.dropped != nil { return .dropped }
    if past.missingSince != nil { return .missing }
    return unread == nil ? .there : .notRead
  }

  /// How a thing stands.
  package enum Standing: String, Sendable {
    case there
    /// It, or what would tell of it, could not be read: nothing follows from that.
    case notRead = "not read"
    /// All could be read, and it was not there; nobody has said that it is gone for good.
    case missing
    case dropped
  }
}

extension CatalogEntry.SchemaVersion {
  /// What is other than in the version before, in words.
  package func words(after before: CatalogEntry.SchemaVersion?) -> String {
    guard let before else { return counted(columns.count, "column") }
    let old = Dictionary(
      before.columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    let names = Set(columns.map(\.name))
    var words = columns.compactMap { column -> String? in
      guard let type = old[column.name] else { return "+ \(column.name) \(column.type)" }
      return type == column.type ? nil : "\(column.name): \(type) → \(column.type)"
    }
    words += before.columns.filter { !names.contains($0.name) }.map { "− \($0.name)" }
    return words.isEmpty ? "in another order, or with other words" : words.joined(separator: ", ")
  }
}
