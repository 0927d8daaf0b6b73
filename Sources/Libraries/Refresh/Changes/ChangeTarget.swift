import Columnar
import Core
import Engine

/// What an AUTO CDC flow makes of its source's columns: the target's columns and their roles.
struct ChangeTarget {
  let isHistory: Bool
  let keys: [String]
  /// The columns taken from the source, keys included.
  let columns: [Field]
  /// The columns whose changes start a new version.
  let tracked: [String]
  /// The column that holds a row's sequence: one of `columns`, or one that is added.
  let sequenceColumn: String
  let sequenceType: DataType
  /// The columns by which rows come in units, of which one stands whole; the keys where each row
  /// stands for itself.
  private(set) var unit: [String]
  /// Whether rows come in units.
  private(set) var hasUnits = false
  /// Whether a NULL in a change says nothing.
  var ignoresNulls = false
  /// The column of the source that orders changes of one key and sequence, where it has one.
  let ordinal: Field?
  /// That column's name, where what is overtaken by another change of its key and sequence counts
  /// as a step to that; units stand or fall whole.
  var stepNumber: String? { hasUnits ? nil : ordinal?.name }
  /// How changes are ordered and which of them delete, in words.
  let order: String
  private let deletes: Bool

  /// The fold of changes into the target.
  var fold: FoldQueries {
    FoldQueries(
      keys: keys, unit: unit, hasUnits: hasUnits,
      columns: columns.map(\.name), tracked: tracked, sequenceColumn: sequenceColumn,
      isHistory: isHistory, addsSequence: addsSequence)
  }

  /// The target with rows that come in units by `columns`, as a property at `place` says.
  func inUnits(by columns: [String], _ place: Place) throws(Fault) -> ChangeTarget {
    var target = self
    target.hasUnits = true
    target.unit = try columns.map { (name) throws(Fault) in
      guard let key = keys.first(where: { $0.lowercased() == name.lowercased() }) else {
        throw Fault(
          .configuration, at: place, "'\(name)' of 'unit.by' is no key of the flow",
          remedy: "name some of \(keys.joined(separator: ", "))")
      }
      return key
    }
    guard !isHistory, !deletes else {
      throw Fault(
        .configuration, at: place, "'unit.by' is for changes that add: SCD 1 without deletes",
        remedy: "take it out, or take APPLY AS DELETE and SCD TYPE 2 out of the flow")
    }
    return target
  }

  /// Whether the target has a column for the sequence beside those of the source.
  private var addsSequence: Bool {
    !isHistory && !columns.contains { $0.name == sequenceColumn }
  }

  /// The column for the sequence that the target has beside those of the source.
  var addedSequence: String? { addsSequence ? sequenceColumn : nil }

  /// What decides how changes are folded, in words: rows that were folded otherwise must be made
  /// anew.
  var shape: String {
    "SCD \(isHistory ? 2 : 1) by \(keys.joined(separator: ", ")), \(order)"
      + (ignoresNulls ? ", ignoring NULLs" : "")
      + (hasUnits ? ", in units by \(unit.joined(separator: ", "))" : "")
      + (isHistory ? ", tracking \(tracked.joined(separator: ", "))" : "")
  }

  /// The columns of the target table.
  var schema: Schema {
    var fields = columns
    if isHistory {
      fields.append(Field(FoldQueries.Name.startAt, sequenceType))
      fields.append(Field(FoldQueries.Name.endAt, sequenceType))
    } else if addsSequence {
      fields.append(Field(FoldQueries.Name.kept, sequenceType))
    }
    return Schema(fields)
  }

  /// The columns of the target's auxiliary table.
  var auxiliarySchema: Schema {
    Schema(
      columns + [
        Field(FoldQueries.Name.sequence, sequenceType), Field(FoldQueries.Name.isDelete, .boolean),
        Field(FoldQueries.Name.absent, .string),
      ])
  }

  /// The columns that tell a row of the target from others.
  var identity: [String] { isHistory ? keys + [FoldQueries.Name.startAt] : keys }

  /// The columns that tell a row of the auxiliary table from others.
  var auxiliaryKeys: [String] { keys + [FoldQueries.Name.sequence] }

  /// The memory's identity as a schema.
  var auxiliaryIdentity: Schema {
    Schema(auxiliarySchema.fields.filter { auxiliaryKeys.contains($0.name) })
  }

  /// Works out the target from the flow and its source's columns; `order` says how changes are
  /// ordered and which of them delete.
  init(
    _ syntax: ChangeFlowSyntax, source: Schema, sequenceType: DataType, order: String
  ) throws(Fault) {
    isHistory = syntax.historyType == 2
    self.sequenceType = sequenceType
    self.order = order
    deletes = syntax.deleteCondition != nil
    func names(_ list: ChangeFlowSyntax.ColumnList) throws(Fault) -> [Field] {
      switch list {
      case .all: return source.fields
      case .only(let names): return try Self.find(names, source, syntax.place)
      case .except(let names):
        let left = Set(try Self.find(names, source, syntax.place).map(\.name))
        return source.fields.filter { !left.contains($0.name) }
      }
    }
    let keyFields = try Self.find(syntax.keys, source, syntax.place)
    keys = keyFields.map(\.name)
    unit = keys
    columns = try names(syntax.columns).map { Field($0.name, $0.type, metadata: $0.metadata) }
    for key in keys where !columns.contains(where: { $0.name == key }) {
      throw Fault(
        .configuration, at: syntax.place, "the key '\(key)' is not among the columns",
        remedy: "add it to COLUMNS, or take it out of EXCEPT")
    }
    let keySet = Set(keys)
    let taken = Set(columns.map(\.name))
    tracked = try names(syntax.trackedColumns).map(\.name)
      .filter { taken.contains($0) && !keySet.contains($0) }
    if case .name(let parts) = syntax.sequence.kind, let name = parts.last,
      let field = columns.first(where: { $0.name.lowercased() == name.lowercased() })
    {
      sequenceColumn = field.name
    } else {
      sequenceColumn = FoldQueries.Name.kept
    }
    ordinal = Self.ordinal(of: source, besides: syntax.sequence)
  }

  /// The source's own order of changes, as `cdc-extract` gives it, unless that is the sequence.
  private static func ordinal(of source: Schema, besides sequence: ExpressionSyntax) -> Field? {
    if case .name(let parts) = sequence.kind, parts.last?.lowercased() == FoldQueries.Name.kept {
      return nil
    }
    guard let index = source.index(of: FoldQueries.Name.kept),
      source.fields[index].type == .bigint
    else { return nil }
    return source.fields[index]
  }

  private static func find(
    _ names: [String], _ source: Schema, _ place: Place
  ) throws(Fault) -> [Field] {
    var fields: [Field] = []
    for name in names {
      guard let index = source.index(of: name) else {
        throw Fault(
          .configuration, at: place, "the source has no column '\(name)'",
          remedy: "use one of \(source.names.joined(separator: ", "))")
      }
      fields.append(source.fields[index])
    }
    return fields
  }
}
