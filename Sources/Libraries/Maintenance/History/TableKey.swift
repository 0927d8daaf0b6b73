import Engine
package import LakeJobs

extension JobFolder {
  /// The columns that tell the rows of a dataset apart, as its AUTO CDC flows say; nil where no job
  /// says so.
  package func key(of name: LakeTableName) -> [String]? {
    let keys = (datasets[name]?.flows ?? []).map { flow -> [String]? in
      guard case .autoCDC(let change) = flow.body else { return nil }
      return change.keys + (change.historyType == 2 ? ["__START_AT"] : [])
    }
    guard let first = keys.first, keys.allSatisfy({ $0 == first }) else { return nil }
    return first
  }
}
