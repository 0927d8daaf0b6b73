/// What a dataset is called: unique within its namespace.
package struct DatasetName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The namespace of the tables of the lake and the warehouse, which bear their schema's name.
  package static let tables = "medallion"

  package var namespace: String
  package var name: String

  package init(_ name: String, in namespace: String = DatasetName.tables) {
    self.namespace = namespace
    self.name = name
  }

  /// The name alone for a table, else `namespace:name`.
  package var description: String {
    namespace == DatasetName.tables ? name : "\(namespace):\(name)"
  }

  package static func < (left: DatasetName, right: DatasetName) -> Bool {
    (left.namespace, left.name) < (right.namespace, right.name)
  }
}
