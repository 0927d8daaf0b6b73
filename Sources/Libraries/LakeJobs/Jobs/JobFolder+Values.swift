package import Core
import Engine

extension JobFolder {
  /// A fault of bringing `dataset` up to date as logs, pages and messages may tell it: without the
  /// value that could not be computed with, where that may hold something of people.
  package func told(
    _ fault: Fault, of dataset: Dataset, _ fileSystem: any FileSystem
  ) -> Fault {
    guard fault.kind == .data, fault.place?.file.hasPrefix("\(path)/") ?? false,
      isOfPeople(dataset, fileSystem)
    else { return fault }
    return fault.withoutValue
  }

  /// Whether a table that `dataset` is made of, however far up, has columns that bear labels, or
  /// may have: who publishes nothing has not read yet what the folder says of labels.
  private func isOfPeople(_ dataset: Dataset, _ fileSystem: any FileSystem) -> Bool {
    var labels = labels
    let file = "\(path)/\(LabelsFile.fileName)"
    do throws(Fault) {
      if labels == nil, try fileSystem.exists(file) {
        labels = try LabelsFile(file, fileSystem: fileSystem)
      }
    } catch {
      return true
    }
    var seen: Set<LakeTableName> = []
    var waiting = inputs(of: dataset)
    while let name = waiting.popLast() {
      guard seen.insert(name).inserted else { continue }
      let said = labels?.tables[name]?.contains { !$0.value.labels.isEmpty } ?? false
      if said || isLabelledByProperties(name) { return true }
      if let input = datasets[name] { waiting += inputs(of: input) }
    }
    return false
  }

  private func isLabelledByProperties(_ name: LakeTableName) -> Bool {
    let contract = contracts[name]?.properties.keys.map { $0 } ?? []
    let keys = contract + (datasets[name]?.properties.map(\.key) ?? [])
    return LabelProperties.areAmong(keys)
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
