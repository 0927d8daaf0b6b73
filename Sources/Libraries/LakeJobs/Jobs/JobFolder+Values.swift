package import Core

extension JobFolder {
  /// A fault of bringing `dataset` up to date as logs, pages and messages may tell it: without the
  /// value that could not be computed with, where that may hold something of people.
  package func told(_ fault: Fault, of dataset: Dataset) -> Fault {
    guard fault.kind == .data, fault.place?.file.hasPrefix("\(path)/") ?? false,
      isOfPeople(dataset)
    else { return fault }
    return fault.withoutValue
  }

  /// Whether a table that `dataset` is made of, however far up, has columns that bear labels.
  private func isOfPeople(_ dataset: Dataset) -> Bool {
    guard let labels else { return false }
    var seen: Set<LakeTableName> = []
    var waiting = inputs(of: dataset)
    while let name = waiting.popLast() {
      guard seen.insert(name).inserted else { continue }
      if labels.tables[name]?.contains(where: { !$0.value.labels.isEmpty }) ?? false { return true }
      if let input = datasets[name] { waiting += inputs(of: input) }
    }
    return false
  }
}

extension Fault {
  /// The same without the value that it names, which bears a label.
  package var withoutValue: Fault {
    var fault = self
    fault.problem = "a value that is not shown cannot be computed with"
    return fault
  }
}
