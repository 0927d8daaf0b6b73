package import Core
package import Engine
import YAML

/// `labels.yml`: which columns hold what of people, as people have accepted it.
///
///     labels:
///       loyalty: {sensitivity: internal}
///     breakers: {functions: [sha2, mask], aggregate_over: 10}
///     tables:
///       bronze.orders_customers:
///         customer_id: none
///         email: email
///         contact: {label: [email, phone], evidence: e-mail 61 % of 1000, accepted: a.miller}
package struct LabelsFile: Sendable {
  /// What it is called in a job folder.
  package static let fileName = "labels.yml"

  /// What was said of one column.
  package struct Entry: Sendable {
    /// The column's name as it is written.
    package var column: String
    /// What it holds; nothing where the file says `none`.
    package var labels: Set<String>
    /// Why, and who said so.
    package var evidence: String?
    package var acceptedBy: String?
    package var place: Place
  }

  /// Where it stands.
  package let path: String
  /// The labels that there are, by name.
  package let labels: [String: Label]
  /// What stops a label on its way.
  package let breakers: LabelBreakers
  /// What was said of columns, by table and column in lower case.
  package let tables: [LakeTableName: [String: Entry]]
  private let places: [LakeTableName: Place]

  /// Reads the file at `path`.
  package init(_ path: String, fileSystem: any FileSystem) throws(Fault) {
    self.path = path
    let root = try YAMLFile(path, fileSystem: fileSystem).root
      .members(allowed: ["labels", "breakers", "tables"])
    var labels: [String: Label] = [:]
    for label in Label.known { labels[label.name] = label }
    for (name, value) in try root["labels"]?.members() ?? [] {
      guard labels[name] == nil, ![Label.none, Label.restricted].contains(name) else {
        throw Fault(
          .configuration, at: value.place, "'\(name)' is a label that there is anyway",
          remedy: "take it out, or give yours another name")
      }
      labels[name] = try Self.label(name, value)
    }
    self.labels = labels
    breakers = try Self.breakers(root["breakers"])
    var tables: [LakeTableName: [String: Entry]] = [:]
    var places: [LakeTableName: Place] = [:]
    for (name, value) in try root["tables"]?.members() ?? [] {
      guard let table = LakeTableName(name), tables[table] == nil else {
        throw Fault(
          .configuration, at: value.place, "'\(name)' is no table's name, or stands here twice",
          remedy: "write schema.name, once")
      }
      tables[table] = try Self.entries(of: value, table, labels)
      places[table] = value.place
    }
    self.tables = tables
    self.places = places
  }

  /// What holds in the job folder `folder` when it has no such file.
  init(absentFrom folder: String) {
    path = "\(folder)/\(Self.fileName)"
    labels = Dictionary(uniqueKeysWithValues: Label.known.map { ($0.name, $0) })
    breakers = LabelBreakers()
    tables = [:]
    places = [:]
  }

  /// The names of all labels, sorted.
  package var labelNames: [String] { labels.keys.sorted() }

  /// Throws `.configuration` where the file speaks of a table that is none of `known`, with the
  /// nearest of these.
  func checkTables(among known: [LakeTableName]) throws(Fault) {
    let names = known.map(\.description)
    for (table, place) in places.sorted(by: { $0.key < $1.key }) where !known.contains(table) {
      throw Fault(
        .configuration, at: place, "there is no table '\(table)' to label",
        remedy: Suggestion.remedy(
          for: "\(table)", among: names, otherwise: "declare it, or take it out"))
    }
  }

  /// Throws `.configuration` where the file speaks of a column that `table` does not have, with the
  /// nearest of those that it has.
  package func checkColumns(of table: LakeTableName, among known: [String]) throws(Fault) {
    let names = Set(known.map { $0.lowercased() })
    let entries = (tables[table] ?? [:]).sorted { $0.key < $1.key }
    for (name, entry) in entries where !names.contains(name) {
      throw Fault(
        .configuration, at: entry.place, "'\(table)' has no column '\(entry.column)' to label",
        remedy: Suggestion.remedy(
          for: entry.column, among: known, otherwise: "use one of \(known.joined(separator: ", "))")
      )
    }
  }

  /// The labels that `text` lists, separated by commas; each must be known, `none` stands alone.
  package func labels(listed text: String, at place: Place) throws(Fault) -> Set<String> {
    try Self.labels(
      text.split(separator: ",").map { (String($0.trimmed), place) }, labels, at: place)
  }

  private static func label(_ name: String, _ value: YAMLValue) throws(Fault) -> Label {
    let members = try value.members(allowed: ["sensitivity"])
    try NameRule.check(table: name, at: value.place)
    let level = try SourcesFile.required("sensitivity", members, value)
    guard let sensitivity = Label.Sensitivity(rawValue: try level.text()) else {
      let known = Label.Sensitivity.allCases.map(\.rawValue).joined(separator: ", ")
      throw Fault(
        .configuration, at: level.place, "'\(try level.text())' is no sensitivity",
        remedy: "use one of \(known)")
    }
    return Label(name, sensitivity)
  }

  private static func breakers(_ value: YAMLValue?) throws(Fault) -> LabelBreakers {
    var breakers = LabelBreakers()
    guard let members = try value?.members(allowed: ["functions", "aggregate_over"]) else {
      return breakers
    }
    if let functions = members["functions"] {
      let known = KnownNames("a function that is known", FunctionCatalog.names)
      breakers.functions = []
      for name in try functions.texts().map({ $0.lowercased() }) {
        try known.check(name, at: functions.place)
        breakers.functions.insert(name)
      }
    }
    if let least = members["aggregate_over"] {
      breakers.leastRows = try least.integer()
      guard breakers.leastRows > 1 else {
        throw Fault(
          .configuration, at: least.place, "an aggregate over one row is that row",
          remedy: "write a number of rows, 2 or more")
      }
    }
    return breakers
  }

  private static func entries(
    of value: YAMLValue, _ table: LakeTableName, _ known: [String: Label]
  ) throws(Fault) -> [String: Entry] {
    var entries: [String: Entry] = [:]
    for (column, value) in try value.members() {
      let entry = try entry(column, value, known)
      guard entries.updateValue(entry, forKey: column.lowercased()) == nil else {
        throw Fault(
          .configuration, at: value.place, "'\(column)' of '\(table)' stands here twice",
          remedy: "remove one of the two")
      }
    }
    return entries
  }

  private static func entry(
    _ column: String, _ value: YAMLValue, _ known: [String: Label]
  ) throws(Fault) -> Entry {
    var entry = Entry(column: column, labels: [], place: value.place)
    var said = value
    if value.isMapping {
      let members = try value.members(allowed: ["label", "evidence", "accepted"])
      said = try SourcesFile.required("label", members, value)
      entry.evidence = try members["evidence"]?.text()
      entry.acceptedBy = try members["accepted"]?.text()
    }
    entry.labels = try labels(
      try said.texts().map { ($0, said.place) }, known, at: said.place)
    return entry
  }

  private static func labels(
    _ words: [(String, Place)], _ known: [String: Label], at place: Place
  ) throws(Fault) -> Set<String> {
    let names = KnownNames("a label", known.keys.sorted() + [Label.none])
    for (word, place) in words { try names.check(word, at: place) }
    let found = Set(words.map(\.0))
    guard !found.isEmpty, found.count == 1 || !found.contains(Label.none) else {
      throw Fault(
        .configuration, at: place, "a column holds labels, or 'none'",
        remedy: "write which, or 'none' alone")
    }
    return found.subtracting([Label.none])
  }
}
