import Core
import LakeJobs

/// What one grant says of one column.
enum ColumnStatement: Hashable {
  case nothing
  /// Shown, by a rule that speaks of many columns, or by one that names it or its label outright.
  case shown(isOutright: Bool)
  case masked(MaskForm)
  case hidden
}

extension AccessGrant {
  /// What it says of `column`, whose label looks as `masks` say where it is masked. What names the
  /// column counts before what names its labels, and that before what names many. Each label must
  /// be spoken of.
  func statement(of column: LabelledColumn, _ masks: [String: MaskForm]) -> ColumnStatement {
    if hidden.contains(where: { $0.withholds(column) }) { return .hidden }
    let byName = ColumnSelector.column(column.name.lowercased())
    if let mask = masked.first(where: { $0.columns == byName }) {
      return .masked(mask.form ?? Self.form(of: column.labels, masks))
    }
    if shown.contains(byName) { return .shown(isOutright: true) }
    return column.labels.isEmpty ? harmless(column) : labelled(column, masks)
  }

  private func harmless(_ column: LabelledColumn) -> ColumnStatement {
    func reaches(_ selector: ColumnSelector) -> Bool {
      switch selector {
      case .harmless: true
      case .pattern(let pattern): pattern.matches(column.name)
      case .column, .label, .everyLabel: false
      }
    }
    if let mask = masked.first(where: { reaches($0.columns) }) {
      return .masked(mask.form ?? .null)
    }
    return shown.contains(where: reaches) ? .shown(isOutright: false) : .nothing
  }

  private func labelled(
    _ column: LabelledColumn, _ masks: [String: MaskForm]
  ) -> ColumnStatement {
    // What nobody has looked at is seen by nobody.
    guard !column.labels.contains(Label.restricted) else { return .nothing }
    var forms: Set<MaskForm> = []
    var isOutright = true
    for label in column.labels {
      if let mask = masked.first(where: { $0.columns == .label(label) }) {
        forms.insert(mask.form ?? Self.form(of: [label], masks))
      } else if shown.contains(.label(label)) {
        continue
      } else if let mask = masked.first(where: { $0.columns == .everyLabel }) {
        forms.insert(mask.form ?? Self.form(of: [label], masks))
      } else if shown.contains(.everyLabel) {
        isOutright = false
      } else {
        return .nothing
      }
    }
    if forms.isEmpty { return .shown(isOutright: isOutright) }
    return .masked(MaskForm.one(of: forms))
  }

  private static func form(of labels: [String], _ masks: [String: MaskForm]) -> MaskForm {
    MaskForm.one(of: Set(labels.map { masks[$0] ?? .null }))
  }
}

extension MaskForm {
  /// The form in which a value looks that has to look in all of `forms`: NULL if these are several.
  static func one(of forms: Set<MaskForm>) -> MaskForm {
    forms.count == 1 ? forms.first ?? .null : .null
  }
}
