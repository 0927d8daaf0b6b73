import JSON

/// How an input column takes part in an output: its values go into it, or they decide over it.
package struct Influence: Hashable, Sendable {
  /// OpenLineage's subtypes.
  package enum Kind: String, CaseIterable, Sendable {
    /// The value as it is.
    case identity = "IDENTITY"
    /// Computed from the value, row by row.
    case transformation = "TRANSFORMATION"
    /// Computed from the values of many rows.
    case aggregation = "AGGREGATION"
    case join = "JOIN"
    case groupBy = "GROUP_BY"
    case filter = "FILTER"
    case sort = "SORT"
    case window = "WINDOW"
    /// Decides which value is taken, as a CASE does.
    case conditional = "CONDITIONAL"

    /// Whether values go into the output, rather than decide over it.
    package var isDirect: Bool {
      switch self {
      case .identity, .transformation, .aggregation: true
      case .join, .groupBy, .filter, .sort, .window, .conditional: false
      }
    }
  }

  package var kind: Kind
  /// Whether the value is made unreadable on the way (a hash, a mask).
  package var masks: Bool

  package init(_ kind: Kind, masks: Bool = false) {
    self.kind = kind
    self.masks = masks
  }

  init?(_ json: JSONValue) {
    guard let type = json["type"]?.string else { return nil }
    let fallback = type == "DIRECT" ? Kind.transformation : .filter
    let subtype = json["subtype"]?.string.flatMap(Kind.init)
    self.init(subtype ?? fallback, masks: json["masking"]?.bool ?? false)
  }

  var json: JSONValue {
    [
      "type": kind.isDirect ? "DIRECT" : "INDIRECT", "subtype": .string(kind.rawValue),
      "masking": .bool(masks),
    ]
  }

  /// `identity`, `group by`, `transformation, masked`.
  package var words: String {
    let kind = kind.rawValue.lowercased().replacing("_", with: " ")
    return masks ? "\(kind), masked" : kind
  }
}

/// One column's part in another, or in all rows of a dataset.
package struct ColumnEdge: Hashable, Sendable {
  package var input: DatasetName
  package var inputColumn: String
  package var output: DatasetName
  /// nil: the input column decides over the rows of `output` (a filter, a join).
  package var outputColumn: String?
  package var influence: Influence

  package init(
    from input: DatasetName, _ inputColumn: String, to output: DatasetName,
    _ outputColumn: String?, _ influence: Influence
  ) {
    self.input = input
    self.inputColumn = inputColumn
    self.output = output
    self.outputColumn = outputColumn
    self.influence = influence
  }
}
