package import Core

/// That a person says of an entry that it is gone for good: the only way in which one dies.
package struct CatalogRemoval {
  /// The changes that say so of the entries called `names`; one that is still there is refused.
  package static func changes(
    _ names: [String], by: String, why: String, in catalog: TableCatalog
  ) throws(Fault) -> [CatalogChange] {
    var changes: [CatalogChange] = []
    for name in names {
      let entry = try catalog.find(name).entry
      switch entry.standing {
      case .missing: changes.append(.dropped(entry.name, by: by, why: why))
      case .dropped: continue
      case .there:
        throw Fault(
          .usage, at: entry.place, "'\(entry.name)' is still there",
          remedy: "take its job and its rows away first")
      case .notRead:
        throw Fault(
          .usage, "'\(entry.name)' could not be read: nobody can tell whether it is gone",
          remedy: "mend that first: \(entry.unread ?? "")")
      }
    }
    return changes
  }
}
