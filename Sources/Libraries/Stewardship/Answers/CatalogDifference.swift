package import Core

/// What appeared, changed and vanished since a former look.
package struct CatalogDifference {
  /// What became of one entry.
  package struct Item: Sendable, Equatable {
    /// What happened, in one word.
    package enum Kind: String, Sendable {
      case appeared
      case renamed
      case changed
      case missing
      case dropped
      case revived
      case notRead = "not read"
    }

    package var kind: Kind
    package var name: String
    /// What of it, a line each.
    package var details: [String] = []
  }

  /// By name.
  package let items: [Item]
  /// The look that the present is compared with; -1 for none.
  package let version: Int64
  package let time: Timestamp?

  /// Compares `catalog` with what was known after the last of `commits` up to `moment`.
  package init(
    _ catalog: TableCatalog, _ commits: [CatalogCommit], since moment: Moment
  ) throws(Fault) {
    let before: ArraySlice<CatalogCommit>
    switch moment {
    case .version(let version):
      guard let end = commits.firstIndex(where: { $0.version == version }) else {
        throw Fault(
          .missing, "the catalog has no version \(version)",
          remedy: commits.isEmpty
            ? "begin with 'catalog build'" : "give one from 0 to \(commits.count - 1)")
      }
      before = commits[...end]
    case .time(let time): before = commits.prefix { $0.time <= time }
    }
    version = before.last?.version ?? -1
    time = before.last?.time
    let former = CatalogMemory(Array(before))
    items = Self.items(catalog, former)
  }

  /// Since when.
  package enum Moment: Sendable {
    case version(Int64)
    case time(Timestamp)
  }

  private static func items(_ catalog: TableCatalog, _ former: CatalogMemory) -> [Item] {
    var items: [Item] = []
    for entry in catalog.entries {
      let known =
        former.entries[entry.name]
        ?? entry.past.formerNames.reversed().lazy.compactMap { former.entries[$0] }.first
      let wasThere = known.map { $0.past.dropped == nil && $0.past.missingSince == nil } ?? false
      switch entry.standing {
      case .dropped where known != nil && known?.past.dropped == nil:
        let drop = entry.past.dropped
        items.append(
          Item(
            kind: .dropped, name: entry.name, details: drop.map { ["by \($0.by): \($0.why)"] } ?? []
          ))
      case .missing where wasThere: items.append(Item(kind: .missing, name: entry.name))
      case .dropped, .missing: continue
      case .there, .notRead:
        guard let known else {
          items.append(Item(kind: .appeared, name: entry.name))
          continue
        }
        items += present(entry, known, wasThere: wasThere)
      }
    }
    return items.sorted { ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue) }
  }

  private static func present(
    _ entry: CatalogEntry, _ known: CatalogMemory.Remembered, wasThere: Bool
  ) -> [Item] {
    var items: [Item] = []
    if !wasThere { items.append(Item(kind: .revived, name: entry.name)) }
    if known.shape.name != entry.name {
      items.append(
        Item(kind: .renamed, name: entry.name, details: ["it was \(known.shape.name)"]))
    }
    let details = details(from: known.shape, to: EntryShape(entry))
    if !details.isEmpty { items.append(Item(kind: .changed, name: entry.name, details: details)) }
    if let why = entry.unread, known.unread == nil {
      items.append(Item(kind: .notRead, name: entry.name, details: [why]))
    }
    return items
  }

  private static func details(from old: EntryShape, to new: EntryShape) -> [String] {
    var details: [String] = []
    func add(_ what: String, _ old: String?, _ new: String?) {
      guard old != new else { return }
      details.append("\(what): \(old ?? "none") → \(new ?? "none")")
    }
    add("kind", old.kind, new.kind)
    add("owner", old.owner, new.owner)
    add("description", old.description, new.description)
    add("terms", listed(old.terms), listed(new.terms))
    for column in new.columns where !old.columns.contains(where: { $0.name == column.name }) {
      details.append("column \(column.name) appeared\(column.type.map { ": \($0)" } ?? "")")
    }
    for column in old.columns {
      guard let now = new.columns.first(where: { $0.name == column.name }) else {
        details.append("column \(column.name) vanished")
        continue
      }
      add("type of \(column.name)", column.type, now.type)
      add("description of \(column.name)", column.description, now.description)
      add("terms of \(column.name)", listed(column.terms), listed(now.terms))
      add("labels of \(column.name)", listed(column.labels), listed(now.labels))
    }
    return details
  }

  private static func listed(_ texts: [String]) -> String? {
    texts.isEmpty ? nil : texts.joined(separator: ", ")
  }
}
