import Core
import LakeJobs

/// Says of entries and columns what they mean: by what they say themselves, by the glossary, and by
/// the columns that they are copies of.
struct Descriptions {
  private let glossary: Glossary
  private let sensitivity: any SensitivityBook
  private var entries: [CatalogEntry]
  private let positions: [String: Int]

  init(_ entries: [CatalogEntry], _ glossary: Glossary, _ sensitivity: any SensitivityBook) {
    self.entries = entries
    self.glossary = glossary
    self.sensitivity = sensitivity
    positions = Dictionary(
      entries.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
  }

  /// The entries, described.
  static func add(
    to entries: [CatalogEntry], _ glossary: Glossary, _ sensitivity: any SensitivityBook
  ) -> [CatalogEntry] {
    var work = Descriptions(entries, glossary, sensitivity)
    for index in entries.indices { work.describe(index) }
    for index in entries.indices { work.inherit(index) }
    for index in entries.indices { work.adopt(index) }
    return work.entries
  }

  private mutating func describe(_ index: Int) {
    let name = entries[index].name
    entries[index].description =
      entries[index].description ?? glossary.description(ofTable: name)
    entries[index].owner = entries[index].owner ?? glossary.owner(of: name)
    entries[index].domain = entries[index].domain ?? glossary.domain(of: name)
    entries[index].terms = glossary.terms(ofTable: name).map(\.name)
    for position in entries[index].columns.indices {
      var column = entries[index].columns[position]
      let terms = glossary.terms(ofColumn: column.name, in: name).map(\.name)
      column.terms =
        (column.terms.map { glossary.term(called: $0)?.name ?? $0 } + terms)
        .withoutRepeats
      column.labels = sensitivity.labels(of: name, column.name).labels
      column.description =
        column.description ?? glossary.description(ofColumn: column.name, in: name)
      if column.isCopy { column.expression = nil }
      entries[index].columns[position] = column
    }
  }

  /// What is kept for a table is its owner's.
  private mutating func adopt(_ index: Int) {
    guard let name = entries[index].keptFor, let position = positions[name] else { return }
    entries[index].owner = entries[index].owner ?? entries[position].owner
    entries[index].domain = entries[index].domain ?? entries[position].domain
  }

  /// A column that is not described is what it is a copy of; or else what its term says.
  private mutating func inherit(_ index: Int) {
    for position in entries[index].columns.indices
    where entries[index].columns[position].description == nil {
      var column = entries[index].columns[position]
      if let found = inherited(index, position, []) {
        column.description = found.text
        column.describedBy = found.from
      } else if column.terms.count == 1, let term = glossary.term(called: column.terms[0]) {
        column.description = term.summary.isEmpty ? nil : term.summary
        column.describedBy = nil
      }
      entries[index].columns[position] = column
    }
  }

  private func inherited(
    _ index: Int, _ position: Int, _ seen: Set<String>
  ) -> (text: String, from: String)? {
    guard let origin = entries[index].columns[position].source else { return nil }
    let name = "\(origin.table).\(origin.column)"
    guard !seen.contains(name), let next = positions[origin.table],
      let column = entries[next].columns.firstIndex(where: { $0.name == origin.column })
    else { return nil }
    if let text = entries[next].columns[column].description,
      entries[next].columns[column].describedBy == nil
    {
      return (text, name)
    }
    return inherited(next, column, seen.union([name]))
  }
}

extension CatalogColumn {
  /// Whether the only thing it is made from is a column as it is.
  var isCopy: Bool { origins.count == 1 && origins[0].isCopy }

  /// The column whose value it has, as it is or in another type.
  var source: Origin? {
    guard origins.count == 1, let origin = origins.first else { return nil }
    if origin.isCopy { return origin }
    guard origin.words == "transformation", let expression else { return nil }
    let name = "\(origin.table).\(origin.column)"
    let isCast = ["cast(\(name) as ", "try_cast(\(name) as "].contains {
      expression.hasPrefix($0)
    }
    return isCast && expression.count { $0 == "(" } <= 2 ? origin : nil
  }
}
