package import Core
package import LakeJobs
import YAML

extension AccessPolicy {
  /// What the policy file is called in a job folder.
  package static let fileName = "access.yml"

  /// The policy of the job folder of `workspace`; nil where it has none. `.configuration` when
  /// something in it is wrong.
  package static func read(_ workspace: Workspace) throws(Fault) -> AccessPolicy? {
    let path = "\(workspace.jobs.path)/\(fileName)"
    let files = workspace.lake.fileSystem
    guard try files.exists(path) else { return nil }
    return try AccessPolicy(
      try files.readHandwritten(path), path: path, labels: workspace.jobs.labels,
      tables: workspace.jobs.faults.isEmpty ? workspace.jobs.tableNames : nil)
  }

  /// Reads `bytes`, a policy file that stands at `path`, with the labels of its job folder. Tables
  /// that it names outright must be among `tables`, if these are known.
  package init(
    _ bytes: [UInt8], path: String, labels: LabelsFile?, tables: [LakeTableName]?
  ) throws(Fault) {
    let file = try AccessFile(
      try YAMLFile(bytes, path: path).root, path,
      labels?.labelNames ?? Label.known.map(\.name).sorted(), tables)
    self.init(
      path: path, roles: file.roles.sorted { $0.name < $1.name }, grants: file.grants,
      denials: file.denials, masks: file.masks, folders: file.folders)
  }
}

/// `access.yml`, part by part.
///
///     roles:
///       analyst: {members: [anna, ben]}
///       store_manager: {members: [mia], inherits: analyst}
///     mappings:
///       stores_of: {mia: [S1, S2]}
///     masks: {email: hash, phone: last4, birth_date: year, iban: {constant: '****'}}
///     grants:
///       - {to: analyst, on: [gold.*, warehouse.*], mask: 'label:*'}
///       - to: store_manager
///         on: warehouse.dim_store
///         rows: store_id IN (SELECT what FROM stores_of WHERE who = current_user())
///         purpose: daily reports
///         until: 2027-12-31
///     deny:
///       - {to: '*', on: silver.*, columns: 'label:iban', because: nobody needs it}
///     folders:
///       silver: {group: stewards, mode: 0750}
struct AccessFile {
  private(set) var roles: [AccessRole] = []
  private(set) var masks: [String: MaskForm] = [:]
  private(set) var grants: [AccessGrant] = []
  private(set) var denials: [AccessDenial] = []
  private(set) var folders: [LayerFolder] = []
  let path: String
  private let labels: [String]
  private let tables: [LakeTableName]?
  private var mappings: [AccessMapping] = []

  init(
    _ root: YAMLValue, _ path: String, _ labels: [String], _ tables: [LakeTableName]?
  ) throws(Fault) {
    self.path = path
    self.labels = labels
    self.tables = tables
    let keys = try root.members(
      allowed: ["roles", "mappings", "masks", "grants", "deny", "folders"])
    roles = try RoleReader(keys["roles"]).roles
    for (name, value) in try keys["mappings"]?.members() ?? [] {
      mappings.append(try mapping(name, value))
    }
    for (label, value) in try keys["masks"]?.members() ?? [] {
      try KnownNames("a label", labels).check(label, at: value.place)
      masks[label] = try MaskForm(reading: value)
    }
    for value in try keys["grants"]?.list() ?? [] { grants.append(try grant(value)) }
    for value in try keys["deny"]?.list() ?? [] { denials.append(try denial(value)) }
    for (layer, value) in try keys["folders"]?.members() ?? [] {
      folders.append(try LayerFolder(layer, value))
    }
  }

  private func mapping(_ name: String, _ value: YAMLValue) throws(Fault) -> AccessMapping {
    try NameRule.check(table: name, at: value.place)
    var rows: [AccessMapping.Row] = []
    for (who, values) in try value.members() {
      for what in try values.texts() { rows.append(AccessMapping.Row(who: who, what: what)) }
    }
    return AccessMapping(name: name.lowercased(), rows: rows)
  }

  private func grant(_ value: YAMLValue) throws(Fault) -> AccessGrant {
    let keys = try value.members(
      allowed: ["to", "on", "show", "mask", "hide", "rows", "purpose", "until"])
    let shown = try keys["show"].map(selectors) ?? [.harmless]
    let purpose = try keys["purpose"]?.text()
    let isOfPeople = shown.contains { selector in
      switch selector {
      case .label, .everyLabel: true
      case .column, .pattern, .harmless: false
      }
    }
    if isOfPeople, purpose?.isEmpty ?? true {
      throw Fault(
        .configuration, at: (keys["show"] ?? value).place,
        "what people's data are shown for is not said", remedy: "add 'purpose:' to this grant")
    }
    return AccessGrant(
      roles: try names(of: try required("to", keys, value)),
      tables: try patterns(try required("on", keys, value)), shown: shown,
      masked: try keys["mask"].map(masked) ?? [], hidden: try keys["hide"].map(selectors) ?? [],
      rows: try keys["rows"].map { (rows) throws(Fault) in
        try RowFilter(String(try rows.text().trimmed), at: rows.place, mappings)
      },
      purpose: purpose, until: try keys["until"].map(day), place: value.place)
  }

  private func denial(_ value: YAMLValue) throws(Fault) -> AccessDenial {
    let keys = try value.members(allowed: ["to", "on", "columns", "because"])
    let to = try required("to", keys, value)
    return AccessDenial(
      roles: try to.texts() == ["*"] ? [] : try names(of: to),
      tables: try patterns(try required("on", keys, value)),
      columns: try keys["columns"].map(selectors), reason: try keys["because"]?.text(),
      place: value.place)
  }

  // MARK: Values

  private func required(
    _ key: String, _ members: [String: YAMLValue], _ parent: YAMLValue
  ) throws(Fault) -> YAMLValue {
    if let value = members[key], !value.isNull { return value }
    throw Fault(
      .configuration, at: parent.place, "'\(key)' is missing", remedy: "add '\(key):' here")
  }

  private func names(of value: YAMLValue) throws(Fault) -> [String] {
    let known = KnownNames("a role", roles.map(\.name))
    let names = try value.texts()
    for name in names { try known.check(name, at: value.place) }
    return names
  }

  private func day(_ value: YAMLValue) throws(Fault) -> CivilDate {
    let text = try value.text()
    guard text.utf8.count == 10, let day = CivilDate(parsing: text) else {
      throw value.wrong("a day, as 2027-12-31")
    }
    return day
  }

  /// The tables that `value` names, each as `schema.name`, where stars stand for any letters.
  private func patterns(_ value: YAMLValue) throws(Fault) -> [NamePattern] {
    var patterns: [NamePattern] = []
    for text in try value.texts() {
      guard text.contains("*") || LakeTableName(text) != nil else {
        throw Fault(
          .configuration, at: value.place, "'\(text)' names no table",
          remedy: "write schema.name, or gold.* for all of a layer")
      }
      if let tables, let name = LakeTableName(text), !text.contains("*"), !isKnown(name, tables) {
        throw Fault(
          .configuration, at: value.place, "there is no table '\(text)'",
          remedy: Suggestion.remedy(
            for: text, among: tables.map(\.description), otherwise: "declare it, or take it out"))
      }
      patterns.append(NamePattern(text))
    }
    return patterns
  }

  /// Whether jobs make `name`: set-aside rows and views beside a fact are called by their table.
  private func isKnown(_ name: LakeTableName, _ tables: [LakeTableName]) -> Bool {
    tables.contains { table in
      switch name.schema {
      case "quarantine": name.name == table.name
      case "warehouse":
        table.schema == "warehouse" && (name.name + "_").hasPrefix(table.name + "_")
      default: name == table
      }
    }
  }

  private func selectors(_ value: YAMLValue) throws(Fault) -> [ColumnSelector] {
    var selectors: [ColumnSelector] = []
    for text in try value.texts() { selectors.append(try selector(text, at: value.place)) }
    return selectors
  }

  private func selector(_ text: String, at place: Place) throws(Fault) -> ColumnSelector {
    let selector = ColumnSelector(text)
    if case .label(let label) = selector {
      try KnownNames("a label", labels).check(label, at: place)
    }
    return selector
  }

  /// A list of selections, or a mapping of each to the form that it has here.
  private func masked(_ value: YAMLValue) throws(Fault) -> [AccessGrant.Masked] {
    guard value.isMapping else {
      return try selectors(value).map { AccessGrant.Masked(columns: $0, form: nil) }
    }
    var masked: [AccessGrant.Masked] = []
    for (text, form) in try value.members() {
      masked.append(
        AccessGrant.Masked(
          columns: try selector(text, at: form.place), form: try MaskForm(reading: form)))
    }
    return masked
  }
}
