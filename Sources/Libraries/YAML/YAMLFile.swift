package import Core

/// A YAML file as a tree.
package struct YAMLFile {
  package let root: YAMLValue

  /// Reads `path`; `.missing` when it is not there, `.configuration` when it is not one document
  /// of YAML.
  package init(_ path: String, fileSystem: any FileSystem) throws(Fault) {
    try self.init(try fileSystem.readHandwritten(path), path: path)
  }

  /// Reads `bytes`, which stand in the file `path`.
  package init(_ bytes: [UInt8], path: String) throws(Fault) {
    var document = try YAMLDocument(bytes, path: path)
    root = try document.root()
  }
}
