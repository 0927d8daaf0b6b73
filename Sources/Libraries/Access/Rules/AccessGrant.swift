package import Core

/// What some roles may see of some tables.
package struct AccessGrant: Sendable {
  /// A selection of columns that are masked; without a form each looks as its label says.
  package struct Masked: Sendable {
    package let columns: ColumnSelector
    package let form: MaskForm?
  }

  package let roles: [String]
  package let tables: [NamePattern]
  package let shown: [ColumnSelector]
  package let masked: [Masked]
  package let hidden: [ColumnSelector]
  /// The rows for which it holds; all, where it is nil.
  package let rows: RowFilter?
  /// What the roles need it for.
  package let purpose: String?
  /// The last day on which it holds.
  package let until: CivilDate?
  package let place: Place

  /// Whether it holds on `day`.
  package func holds(on day: CivilDate) -> Bool { until.map { day <= $0 } ?? true }
}

/// What some roles may not see, whatever they are granted.
package struct AccessDenial: Sendable {
  /// The roles; all, where there is none.
  package let roles: [String]
  package let tables: [NamePattern]
  /// The columns; the whole table, where it is nil.
  package let columns: [ColumnSelector]?
  package let reason: String?
  package let place: Place
}

/// Who may enter the folder of a layer.
package struct LayerFolder: Sendable {
  package let layer: String
  /// The group of the system that may.
  package let group: String?
  /// The rights of the folder, such as 0o750.
  package let mode: UInt32
  package let place: Place
}
