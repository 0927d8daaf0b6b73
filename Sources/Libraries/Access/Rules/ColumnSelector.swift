package import Core
import LakeJobs

/// Which columns a rule speaks of.
///
///     email           the column of that name
///     *_hash          columns of such names that bear no label
///     label:email     columns that bear the label
///     label:*         columns that bear labels
///     harmless        columns that bear none
///
/// A name with a star never reaches a labelled column: that must be named, or its label, so that a
/// broad rule shows nothing of people by accident. What is hidden or denied is reached by all.
package enum ColumnSelector: Hashable, Sendable, CustomStringConvertible {
  case column(String)
  case pattern(NamePattern)
  case label(String)
  case everyLabel
  case harmless

  static let harmlessWord = "harmless"
  static let labelMark = "label:"

  /// What `text` means, whose label is not checked.
  package init(_ text: String) {
    if text == Self.harmlessWord {
      self = .harmless
    } else if text == "\(Self.labelMark)*" {
      self = .everyLabel
    } else if text.hasPrefix(Self.labelMark) {
      self = .label(String(text.dropFirst(Self.labelMark.count)))
    } else if text.contains("*") {
      self = .pattern(NamePattern(text))
    } else {
      self = .column(text.lowercased())
    }
  }

  /// As it is written.
  package var description: String {
    switch self {
    case .column(let name): name
    case .pattern(let pattern): pattern.text
    case .label(let label): "\(Self.labelMark)\(label)"
    case .everyLabel: "\(Self.labelMark)*"
    case .harmless: Self.harmlessWord
    }
  }

  /// Whether it names the column or its label outright, and not many of them.
  var isOutright: Bool {
    switch self {
    case .column, .label: true
    case .pattern, .everyLabel, .harmless: false
    }
  }

  /// Whether it keeps `column` from being seen: here all that could be meant is.
  func withholds(_ column: LabelledColumn) -> Bool {
    switch self {
    case .column(let name): name == column.name.lowercased()
    case .pattern(let pattern): pattern.matches(column.name)
    case .label(let label): column.labels.contains(label)
    case .everyLabel: !column.labels.isEmpty
    case .harmless: column.labels.isEmpty
    }
  }
}

/// A column, and what it holds of people.
package struct LabelledColumn: Hashable, Sendable {
  package let name: String
  /// The names of its labels; `restricted` where nobody has said yet what it holds.
  package let labels: [String]

  package init(_ name: String, labels: [String] = []) {
    self.name = name
    self.labels = labels
  }
}
