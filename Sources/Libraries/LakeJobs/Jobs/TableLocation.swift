import Core
import Engine

/// Where the files of a bronze table lie, as its LOCATION says: below the table's layer. What leads
/// elsewhere by being absolute, by `..` or through a link must be meant, and say so, since tools
/// write there and take what lies there for theirs.
struct TableLocation {
  private let name: LakeTableName
  private let table: TableSyntax
  private let lake: Lake

  init(_ name: LakeTableName, _ table: TableSyntax, _ lake: Lake) {
    self.name = name
    self.table = table
    self.lake = lake
  }

  /// The folder of the table's files.
  func folder() throws(Fault) -> String {
    guard let written = table.location else {
      throw Fault(
        .configuration, at: table.place, "the bronze table '\(name)' does not say where it lies",
        remedy: "add LOCATION 'source/entity'")
    }
    let location = try FileAddress.path(written, .configuration, at: table.place)
    try checkFolders(of: location)
    let layer = "\(lake.root)/\(name.schema)"
    let folder = location.hasPrefix("/") ? location : "\(layer)/\(location)"
    guard try !mayLieOutside() else { return folder }
    let goesUp = location.split(separator: "/").contains("..")
    guard !goesUp, try realPath(of: folder).hasPrefix("\(try realPath(of: layer))/") else {
      throw Fault(
        .configuration, at: table.place,
        "the LOCATION of '\(name)' leads out of \(layer)",
        remedy: "let it lie there, or declare TBLPROPERTIES ('\(property)' = 'true')")
    }
    return folder
  }

  /// A folder below the lake's is told by its names; of one elsewhere only what cannot be seen is
  /// refused.
  private func checkFolders(of location: String) throws(Fault) {
    for part in location.split(separator: "/").map(String.init) where part != ".." {
      if location.hasPrefix("/") {
        try NameRule.check(part, "a folder of a LOCATION", at: table.place)
      } else {
        try NameRule.check(folder: part, "a folder of a LOCATION", at: table.place)
      }
    }
  }

  private var property: String { IngestProperty.outside.rawValue }

  /// Whether the table declares that it lies elsewhere.
  private func mayLieOutside() throws(Fault) -> Bool {
    guard let said = table.properties.last(where: { $0.key.lowercased() == property }) else {
      return false
    }
    guard let value = Bool(said.value.lowercased()) else {
      throw Fault(
        .configuration, at: said.valuePlace, "'\(said.value)' is neither true nor false",
        remedy: "write 'true' if the table is to lie outside of the lake")
    }
    return value
  }

  /// The path without links of what can be seen of `path`, and the rest of it as it is written.
  private func realPath(of path: String) throws(Fault) -> String {
    do throws(Fault) {
      return try lake.fileSystem.realPath(of: path)
    } catch {
      let above = parent(of: path)
      guard above != path else { throw error }
      return "\(try realPath(of: above))/\(lastComponent(of: path))"
    }
  }
}
