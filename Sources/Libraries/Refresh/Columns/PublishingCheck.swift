import Core
import LakeJobs

/// Holds what a dataset's properties and `labels.yml` say of its columns against what these carry.
struct PublishingCheck {
  private let dataset: Dataset
  private let columns: [String]
  private let properties: LabelProperties
  private let file: LabelsFile

  init(
    _ dataset: Dataset, _ columns: [String], _ properties: LabelProperties, _ file: LabelsFile
  ) {
    self.dataset = dataset
    self.columns = columns
    self.properties = properties
    self.file = file
  }

  /// Throws where something is said of a column that there is not.
  func checkNames() throws(Fault) {
    try file.checkColumns(of: dataset.name, among: columns)
    let known = Set(columns.map { $0.lowercased() })
    for sayings in [properties.held, properties.broken, properties.published] {
      for (column, saying) in sayings.sorted(by: { $0.key < $1.key })
      where !known.contains(column) {
        throw Fault(
          .configuration, at: saying.place,
          "'\(dataset.name)' has no column '\(saying.column)'",
          remedy: Suggestion.remedy(
            for: saying.column, among: columns,
            otherwise: "use one of \(columns.joined(separator: ", "))"))
      }
    }
  }

  /// Throws where a label is to be stopped that does not come.
  func checkBreaks(_ labels: [String: Set<String>]) throws(Fault) {
    for (column, saying) in properties.broken.sorted(by: { $0.key < $1.key }) {
      try refuseIdle(saying, saying.labels.subtracting(labels[column] ?? []))
    }
  }

  /// Throws where a column carries a label, or something that nobody looked at, and the dataset
  /// does not say that it publishes that; or says so of a label that does not come.
  func checkPublished(
    _ labels: [String: Set<String>], restricted: [String: [String]]
  ) throws(Fault) {
    for (column, saying) in properties.published.sorted(by: { $0.key < $1.key }) {
      try refuseIdle(saying, saying.labels.subtracting(labels[column] ?? []))
    }
    var unsaid: [(column: String, label: String)] = []
    for name in columns {
      let column = name.lowercased()
      guard let carried = labels[column] else { continue }
      if let origin = restricted[column]?.first { throw unseen(name, origin) }
      let said = properties.published[column]?.labels ?? []
      unsaid += carried.subtracting(said).sorted().map { (name, $0) }
    }
    if !unsaid.isEmpty { throw silent(unsaid) }
  }

  private func refuseIdle(_ saying: LabelProperties.Saying, _ idle: Set<String>) throws(Fault) {
    guard let label = idle.min() else { return }
    throw Fault(
      .configuration, at: saying.place,
      "'\(label)' does not come to the column '\(saying.column)' of '\(dataset.name)'",
      remedy: "take it out here, or label the column that it comes from in \(file.path)")
  }

  private func unseen(_ column: String, _ origin: String) -> Fault {
    let split = origin.lastIndex(of: ".") ?? origin.startIndex
    let (table, source) = (origin[..<split], origin[split...].dropFirst())
    return Fault(
      .configuration, at: dataset.place,
      "'\(dataset.name)' would publish '\(column)', made from '\(origin)', of which nobody has "
        + "said what it holds: a new column of a labelled table is restricted",
      remedy: "add '\(source): none', or its label, to '\(table)' in \(file.path)")
  }

  private func silent(_ unsaid: [(column: String, label: String)]) -> Fault {
    let words = unsaid.map { "'\($0.label)' in '\($0.column)'" }.joined(separator: ", ")
    let breaks = unsaid.first.map { "'label.break.\($0.column)' = '\($0.label)'" } ?? ""
    return Fault(
      .configuration, at: dataset.place,
      "'\(dataset.name)' would publish \(words), and does not say so",
      remedy: "write 'publishes' = '\(wanted(unsaid))' in its TBLPROPERTIES, mask or hash the "
        + "column, or say \(breaks) where it tells that no longer")
  }

  /// The property as it should be: what is said, and what is missing.
  private func wanted(_ unsaid: [(column: String, label: String)]) -> String {
    var byLabel: [String: [String]] = [:]
    for name in columns {
      let said = properties.published[name.lowercased()]?.labels ?? []
      let missing = unsaid.filter { $0.column == name }.map(\.label)
      for label in said.union(missing) { byLabel[label, default: []].append(name) }
    }
    return byLabel.sorted { $0.key < $1.key }
      .map { "\($0.key)(\($0.value.joined(separator: ", ")))" }.joined(separator: ", ")
  }
}
