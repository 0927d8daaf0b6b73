package import Core
package import Governance
package import LakeJobs
import Lakehouse

/// All that there is at one moment, by name, with what was before.
package struct TableCatalog: Sendable {
  /// Sorted by layer and name; those that are not there any more among them.
  package let entries: [CatalogEntry]
  /// What was seen, and where it could not be looked.
  package let look: CatalogLook
  package let memory: CatalogMemory
  package let glossary: Glossary
  package let graph: LineageGraph
  /// When it was looked.
  package let time: Timestamp
  private let positions: [String: Int]

  private static let layers = ["source", "bronze", "silver", "gold", "warehouse", "quarantine"]

  init(
    _ look: CatalogLook, _ memory: CatalogMemory, _ glossary: Glossary, _ map: LineageMap,
    at time: Timestamp
  ) {
    self.init(look, memory, glossary, map.graph, at: time)
  }

  /// A catalog of what `look` saw, put together by hand.
  package init(
    _ look: CatalogLook, _ memory: CatalogMemory, _ glossary: Glossary, _ graph: LineageGraph,
    at time: Timestamp
  ) {
    self.look = look
    self.memory = memory
    self.glossary = glossary
    self.graph = graph
    self.time = time
    entries = look.joined(with: memory, at: time).sorted { left, right in
      (Self.rank(left.layer), left.name) < (Self.rank(right.layer), right.name)
    }
    positions = Dictionary(
      entries.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
  }

  private static func rank(_ layer: String) -> Int {
    layers.firstIndex(of: layer) ?? layers.count
  }

  /// The entry called `name`.
  package func entry(named name: String) -> CatalogEntry? { positions[name].map { entries[$0] } }

  /// The entry that `text` names, and the column of it if it names one; what stands before the last
  /// part of a table's name may be left out where the rest is unambiguous. `.missing` with the
  /// nearest name when there is none.
  package func find(
    _ text: String
  ) throws(Fault) -> (entry: CatalogEntry, column: CatalogColumn?) {
    let wanted = text.lowercased()
    if let entry = try table(wanted) { return (entry, nil) }
    if let point = wanted.lastIndex(of: "."), let entry = try table(String(wanted[..<point])) {
      let name = String(wanted[wanted.index(after: point)...])
      if let column = entry.column(named: name) { return (entry, column) }
      let known = entry.columns.map(\.name)
      throw Fault(
        .missing, "'\(entry.name)' has no column '\(name)'",
        remedy: Suggestion.remedy(
          for: name, among: known, otherwise: "use one of \(known.joined(separator: ", "))"))
    }
    throw Fault(
      .missing, "there is no table '\(text)'",
      remedy: Suggestion.remedy(
        for: wanted, among: entries.map(\.name), otherwise: "look for it with 'catalog search'"))
  }

  private func table(_ wanted: String) throws(Fault) -> CatalogEntry? {
    let whole = entries.filter {
      $0.name.lowercased() == wanted || $0.dataset.description.lowercased() == wanted
    }
    if let entry = whole.first { return entry }
    let found = entries.filter { $0.name.lowercased().hasSuffix(".\(wanted)") }
    // Who leaves the layer out means a table, and not where it comes from or what was set aside.
    let near = found.filter { !["source", "quarantine"].contains($0.layer) }
    let meant = near.isEmpty ? found : near
    guard meant.count > 1 else { return meant.first }
    throw Fault(
      .usage, "'\(wanted)' may be \(meant.map(\.name).joined(separator: " or "))",
      remedy: "write the schema too")
  }

  /// What is made from an entry or a column of it, at whatever distance, nearest first.
  package func impact(of entry: CatalogEntry, column: String? = nil) -> [LineageNode] {
    graph.lineage(of: LineageNode(entry.dataset, column), .downstream).reached
  }

  /// The tables and columns that bear a term.
  package func bearers(of term: GlossaryTerm) -> [String] {
    entries.filter { $0.standing != .dropped }.flatMap { entry in
      (entry.terms.contains(term.name) ? [entry.name] : [])
        + entry.columns.filter { $0.terms.contains(term.name) }.map { "\(entry.name).\($0.name)" }
    }
  }

  /// The same of a moment at which this is remembered.
  package func remembering(_ memory: CatalogMemory) -> TableCatalog {
    TableCatalog(look, memory, glossary, graph, at: time)
  }
}
