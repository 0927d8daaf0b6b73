package import Columnar
package import Core
import Delta
import Engine

/// Which columns of a table lie sealed.
///
///     'seal' = 'email, phone'          these columns, with a key of the table
///     'seal.subject' = 'customer_id'   with a key of the person whom this column names
extension Dataset {
  private static let property = "seal"
  private static let subjectProperty = "seal.subject"

  /// The properties' names, of tables of silver and gold.
  static var sealProperties: [String] { [property, subjectProperty] }

  /// Whether columns of the table lie sealed. A fact's `seal` says something else.
  package var hasSeals: Bool { name.schema != "warehouse" && property(Self.property) != nil }

  /// The columns that are sealed, as they are written.
  package var sealedColumns: [String] {
    guard hasSeals else { return [] }
    return (property(Self.property) ?? "").split(separator: ",").map { String($0.trimmed) }
  }

  /// The column that names the persons.
  package var sealSubject: String? { hasSeals ? property(Self.subjectProperty) : nil }

  /// `schema` with those of its columns sealed that the properties name, and no others.
  package func marking(_ schema: Schema) -> Schema {
    let wanted = Set(sealedColumns.map { $0.lowercased() })
    if wanted.isEmpty { return schema.unsealed }
    let subject = sealSubject.flatMap { schema.index(of: $0) }.map { schema.fields[$0].name }
    return Schema(
      schema.fields.map { field in
        let isSealed = wanted.contains(field.name.lowercased())
        return field.sealed(
          with: isSealed
            ? ColumnSeal(key: Self.sealingKey(of: name), subject: subject, column: field.name)
            : nil)
      })
  }

  /// The same for the table's own columns; `.configuration` where a property names none of them.
  package func sealing(_ schema: Schema) throws(Fault) -> Schema {
    for (property, columns) in [
      (Self.property, sealedColumns), (Self.subjectProperty, sealSubject.map { [$0] } ?? []),
    ] {
      for column in columns where schema.index(of: column) == nil {
        throw Fault(
          .configuration, at: place(of: property),
          "'\(column)' of '\(property)' is no column of '\(name)'",
          remedy: Suggestion.remedy(
            for: column, among: schema.names,
            otherwise: "use one of \(schema.names.joined(separator: ", "))"))
      }
    }
    return marking(schema)
  }

  /// What the data key of a table is called.
  package static func sealingKey(of table: LakeTableName) -> String { "table \(table)" }

  /// Throws `.configuration` when the properties cannot hold together, or with the flows.
  func checkSealProperties() throws(Fault) {
    guard name.schema != "warehouse" else { return }
    guard hasSeals else {
      guard property(Self.subjectProperty) != nil else { return }
      throw Fault(
        .configuration, at: place(of: Self.subjectProperty),
        "'\(Self.subjectProperty)' says whose sealed columns are, and none is sealed",
        remedy: "name them with '\(Self.property)', or take it out")
    }
    if let subject = sealSubject {
      guard !subject.contains("/"), !subject.hasPrefix(".") else {
        throw Fault(
          .configuration, at: place(of: Self.subjectProperty),
          "'\(subject)' cannot name keys, which lie in files",
          remedy: "give the column another name")
      }
      try check(
        [subject], "names the persons, and could be read by nobody",
        "leave it as it is, or seal it in a table of its own")
      guard !partitionColumns.contains(where: { $0.lowercased() == subject.lowercased() }) else {
        throw Fault(
          .configuration, at: place(of: Self.subjectProperty),
          "'\(subject)' names the persons, and the table is partitioned by it",
          remedy: "partition by another column: persons would be names of folders")
      }
    }
    try check(partitionColumns, "is partitioned by", "partition by another column")
    let clustered = (property("cluster.by") ?? "").split(separator: ",").map { String($0.trimmed) }
    try check(clustered, "is clustered by, which would show its order", "cluster by another column")
    for flow in flows {
      guard case .autoCDC(let change) = flow.body else { continue }
      try check(
        change.keys, "is a key, whose hashes lie beside the table",
        "seal other columns: a key tells rows apart, and should tell nothing of people")
    }
  }

  private func check(_ columns: [String], _ role: String, _ remedy: String) throws(Fault) {
    let sealed = Set(sealedColumns.map { $0.lowercased() })
    for column in columns where sealed.contains(column.lowercased()) {
      throw Fault(
        .configuration, at: place(of: Self.property),
        "'\(column)' cannot be sealed: '\(name)' has it as what \(role)", remedy: remedy)
    }
  }

  private func place(of property: String) -> Place {
    properties.first { $0.key == property }?.valuePlace ?? place
  }
}

extension BronzeContract {
  /// Whether the table's files lie sealed.
  package var isSealed: Bool { self[.seal]?.lowercased() == "true" }

  /// Throws `.configuration` at `place` when the property has a value that means nothing.
  func checkSeal(_ place: Place) throws(Fault) {
    guard let value = self[.seal], Bool(value.lowercased()) == nil else { return }
    throw Fault(
      .configuration, at: place, "'\(value)' of 'seal' is neither true nor false",
      remedy: "write 'true' if the table's files are to lie sealed")
  }
}

extension JobFolder {
  /// Whether rows on their way into `dataset` may hold what lies sealed where they come from, or
  /// where they go.
  package func carriesSealed(_ dataset: Dataset) -> Bool {
    dataset.hasSeals
      || inputs(of: dataset).contains { contracts[$0]?.isSealed ?? false }
  }

  /// The folders below the lake whose files lie sealed as a whole, and with which keys.
  package func sealedFolders(in lake: Lake) -> [(path: String, key: String)] {
    let bronze = contracts.values.filter(\.isSealed).map {
      (path: $0.folder, key: Dataset.sealingKey(of: $0.name))
    }
    let replays = datasets.values.filter { !$0.flows.isEmpty && carriesSealed($0) }.map {
      (
        path: "\(lake.root)/quarantine/_replays/\($0.name.name)",
        key: Dataset.sealingKey(of: $0.name)
      )
    }
    return (bronze + replays).sorted { $0.path < $1.path }
  }
}
