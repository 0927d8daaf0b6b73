package import Core
import Delta
import Engine

/// Table properties by which a streaming table keeps its rows when its columns are called otherwise
/// or go: `rename.<column>` and `drop.columns`.
extension Dataset {
  /// A column, or a member of a structure, that has another name now.
  package struct ColumnRename: Hashable, Sendable {
    /// Its former name, members after a point: `address.city`.
    package let old: String
    /// Its own name now: `town`.
    package let name: String
    package let place: Place

    /// The property that says so.
    package var property: String { Dataset.renameFamily + old }

    /// Its name now as `old` is given: `address.town`.
    package var path: String {
      (old.split(separator: ".").dropLast().map(String.init) + [name]).joined(separator: ".")
    }
  }

  package static let renameFamily = "rename."
  static let dropProperty = "drop.columns"
  /// The property that such a table must have, and its value.
  private static let mapping = (key: ColumnMapping.modeProperty, value: "name")

  /// The columns that were renamed, in the order of the properties.
  package var columnRenames: [ColumnRename] {
    properties.filter { $0.key.hasPrefix(Self.renameFamily) }.map {
      ColumnRename(
        old: String($0.key.dropFirst(Self.renameFamily.count)), name: String($0.value.trimmed),
        place: $0.place)
    }
  }

  /// The same as properties of the table: it tells by them which renames it has followed.
  package var renameProperties: [String: String] {
    Dictionary(columnRenames.map { ($0.property, $0.name) }, uniquingKeysWith: { $1 })
  }

  /// The columns that the table is to lose.
  package var droppedColumns: [(name: String, place: Place)] {
    properties.filter { $0.key == Self.dropProperty }.flatMap { property in
      property.value.split(separator: ",").map { (String($0.trimmed), property.valuePlace) }
    }
  }

  /// Throws `.configuration` when one of these properties can do nothing.
  func checkColumnProperties() throws(Fault) {
    let own = properties.filter {
      $0.key == Self.dropProperty || $0.key.hasPrefix(Self.renameFamily)
    }
    guard let first = own.first else { return }
    guard case .streamingTable = body else {
      throw Fault(
        .configuration, at: first.place,
        "'\(first.key)' keeps the rows of a streaming table, and '\(name)' is a view",
        remedy: "take it out: a view is made anew when its query changes")
    }
    guard property(Self.mapping.key) == Self.mapping.value else {
      throw Fault(
        .configuration, at: first.place,
        "'\(first.key)' needs a table whose files know columns by names of their own",
        remedy: "add '\(Self.mapping.key)' = '\(Self.mapping.value)'")
    }
    let former = Set(columnRenames.map { $0.old.lowercased() })
    var names: Set<String> = []
    for rename in columnRenames {
      guard !former.contains(rename.path.lowercased()) else {
        throw Fault(
          .configuration, at: rename.place,
          "'\(rename.name)', the new name of '\(rename.old)', is to be called otherwise itself",
          remedy: "take out the older of the two once every table has followed it")
      }
      guard !rename.name.isEmpty, rename.path.lowercased() != rename.old.lowercased(),
        names.insert(rename.path.lowercased()).inserted
      else {
        throw Fault(
          .configuration, at: rename.place,
          "'\(rename.name)' is no new name of '\(rename.old)'",
          remedy: "give each column another name, which no other is given")
      }
    }
  }
}
