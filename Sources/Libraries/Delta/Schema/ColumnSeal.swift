package import Columnar
import Core

/// What a column is sealed with: its values lie in files as bytes that only who has the key reads.
///
/// The log calls such a column `binary`, so that every reader of Delta tables reads it as that; the
/// metadata of the field say what it is, and this library shows it under its own type.
package struct ColumnSeal: Hashable, Sendable {
  /// The data key of values of no person: `table silver.customers`.
  package var key: String
  /// The column that tells whose a value is; the values of each person then have a key of their
  /// own.
  package var subject: String?
  /// What the column was called when it was sealed first, for which its values are sealed.
  package var column: String

  package init(key: String, subject: String?, column: String) {
    self.key = key
    self.subject = subject
    self.column = column
  }

  fileprivate enum Mark {
    static let key = "medallion.seal.key"
    static let subject = "medallion.seal.subject"
    static let column = "medallion.seal.column"
  }

  /// Where the log keeps the type that a sealed column has for who has the key.
  static let typeMark = "medallion.seal.type"

  /// Whether values of `type` can be sealed: those that are one value each.
  package static func canSeal(_ type: DataType) -> Bool {
    switch type {
    case .array, .structure, .map, .null: false
    default: true
    }
  }
}

extension Field {
  /// What the column is sealed with; nil for one that lies as it is.
  package var seal: ColumnSeal? {
    guard !metadata.isEmpty, let key = metadata[ColumnSeal.Mark.key] else { return nil }
    return ColumnSeal(
      key: key, subject: metadata[ColumnSeal.Mark.subject],
      column: metadata[ColumnSeal.Mark.column] ?? name)
  }

  /// The column sealed with `seal`; with nil, as one that lies as it is.
  package func sealed(with seal: ColumnSeal?) -> Field {
    if seal == nil, self.seal == nil { return self }
    var field = self
    field.metadata[ColumnSeal.Mark.key] = seal?.key
    field.metadata[ColumnSeal.Mark.subject] = seal?.subject
    field.metadata[ColumnSeal.Mark.column] = seal?.column
    return field
  }

  /// The column as data files have it.
  var stored: Field {
    seal == nil ? self : Field(name, .binary, isNullable: isNullable, metadata: metadata)
  }
}

extension Schema {
  /// The columns without a word of how they lie in files.
  package var unsealed: Schema {
    hasSeals ? Schema(fields.map { $0.sealed(with: nil) }) : self
  }

  /// Whether a column is sealed.
  package var hasSeals: Bool { fields.contains { $0.seal != nil } }
}
