package import Core
import Engine

/// What the properties of a table say of labels.
///
///     'label.contact' = 'email, phone'           the column holds this, whatever it is made from
///     'label.break.domain' = 'email'             the column no longer tells it
///     'publishes' = 'name(name), email(contact)' these columns may show it to people
package struct LabelProperties: Sendable {
  /// How keys begin that speak of one column's labels.
  private static let prefix = "label."
  private static let breakPrefix = "label.break."
  private static let publishing = "publishes"

  /// What was said of one column.
  package struct Saying: Sendable {
    package var labels: Set<String>
    /// The column's name as it is written.
    package var column: String
    package var place: Place
  }

  /// By column in lower case: what it holds, what it no longer tells, and what it may show.
  package private(set) var held: [String: Saying] = [:]
  package private(set) var broken: [String: Saying] = [:]
  package private(set) var published: [String: Saying] = [:]

  /// Whether any of these keys says that a column bears a label.
  static func areAmong(_ keys: [String]) -> Bool { keys.contains { $0.hasPrefix(prefix) } }

  /// Reads those of a dataset; labels must be known to `file`.
  package init(_ dataset: Dataset, _ file: LabelsFile) throws(Fault) {
    for property in dataset.properties {
      try take(property.key, property.value, property.valuePlace, file)
      guard property.key == Self.publishing else { continue }
      guard dataset.name.schema != "silver" else {
        throw Fault(
          .configuration, at: property.place,
          "'\(dataset.name)' is of silver, which publishes nothing",
          remedy: "say it of the tables of gold and warehouse, or take it out")
      }
      published = try Self.published(property, file)
    }
  }

  /// Reads those of a bronze table.
  package init(_ contract: BronzeContract, _ file: LabelsFile) throws(Fault) {
    for (key, value) in contract.properties.sorted(by: { $0.key < $1.key }) {
      try take(key, value, contract.place, file)
    }
  }

  private mutating func take(
    _ key: String, _ value: String, _ place: Place, _ file: LabelsFile
  ) throws(Fault) {
    guard key.hasPrefix(Self.prefix) else { return }
    let labels = try file.labels(listed: value, at: place)
    let isBreak = key.hasPrefix(Self.breakPrefix)
    let column = String(key.dropFirst((isBreak ? Self.breakPrefix : Self.prefix).count))
    let saying = Saying(labels: labels, column: column, place: place)
    if isBreak { broken[column.lowercased()] = saying } else { held[column.lowercased()] = saying }
  }

  /// `label(column, …), label(column)` by column.
  private static func published(
    _ property: PropertySyntax, _ file: LabelsFile
  ) throws(Fault) -> [String: Saying] {
    func unreadable() -> Fault {
      Fault(
        .configuration, at: property.valuePlace,
        "'\(property.value)' does not say which labels which columns publish",
        remedy: "write it as 'email(contact), name(first_name, last_name)'")
    }
    var found: [String: Saying] = [:]
    var rest = Substring(property.value)
    while !rest.trimmed.isEmpty {
      guard let open = rest.firstIndex(of: "("), let close = rest.firstIndex(of: ")"), open < close
      else { throw unreadable() }
      let label = String(rest[..<open].trimmed)
      try KnownNames("a label", file.labelNames).check(label, at: property.valuePlace)
      let columns = rest[rest.index(after: open)..<close].split(separator: ",")
        .map { String($0.trimmed) }
      guard !columns.isEmpty, !columns.contains("") else { throw unreadable() }
      for column in columns {
        found[
          column.lowercased(),
          default: Saying(labels: [], column: column, place: property.valuePlace)
        ].labels.insert(label)
      }
      rest = rest[rest.index(after: close)...].trimmed
      if rest.first == "," { rest = rest.dropFirst() } else if !rest.isEmpty { throw unreadable() }
    }
    return found
  }
}
