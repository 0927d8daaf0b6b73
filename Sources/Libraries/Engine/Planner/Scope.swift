import Columnar
import Core

/// The columns a name can mean at one place of a query.
struct Scope {
  /// A column of the input and the names it goes by.
  struct Column {
    var name: String
    /// The relation's alias, or its full name; empty for none.
    var qualifier: [String]
    var position: Int
    var type: DataType
    var isNullable: Bool
    /// Whether `*` and plain names find it; else only names with the relation's.
    var isVisible = true

    var expression: Expression {
      Expression(.column(position), type, isNullable: isNullable)
    }
  }

  /// What a name was found to be.
  enum Finding {
    case found(Expression)
    case missing
    case ambiguous([String])
  }

  /// In the order of `*`.
  var columns: [Column] = []

  init(_ columns: [Column] = []) { self.columns = columns }

  /// The columns of one relation.
  init(_ schema: Schema, qualifier: [String], from position: Int = 0) {
    columns = schema.fields.enumerated().map { index, field in
      Column(
        name: field.name, qualifier: qualifier, position: position + index, type: field.type,
        isNullable: field.isNullable)
    }
  }

  /// The column and, below it, the members that `parts` name. Names of relations come first.
  func find(_ parts: [String]) -> Finding {
    for count in (0..<parts.count).reversed() {
      let candidates = columns(named: parts[count], of: Array(parts[..<count]))
      guard !candidates.isEmpty else { continue }
      guard let column = candidates.first, Set(candidates.map(\.position)).count == 1 else {
        return .ambiguous(candidates.map { ($0.qualifier + [$0.name]).joined(separator: ".") })
      }
      var result = column.expression
      for name in parts[(count + 1)...] {
        guard let member = Scope.member(name, of: result) else { return .missing }
        result = member
      }
      return .found(result)
    }
    return .missing
  }

  private func columns(named name: String, of qualifier: [String]) -> [Column] {
    let lowered = name.lowercased()
    return columns.filter { column in
      column.name.lowercased() == lowered
        && (qualifier.isEmpty ? column.isVisible : column.isOf(qualifier))
    }
  }

  /// The columns of `*`, or of `t.*`; empty when no relation has the name.
  func star(_ qualifier: [String]) -> [Column] {
    qualifier.isEmpty
      ? columns.filter(\.isVisible)
      : columns.filter { $0.isOf(qualifier) }.sorted { $0.position < $1.position }
  }

  /// A member of a structure, or of the structures of an array.
  static func member(_ name: String, of value: Expression) -> Expression? {
    let lowered = name.lowercased()
    if case .array(.structure, _) = value.type { return memberOfEach(name, of: value) }
    guard let index = value.type.fields.firstIndex(where: { $0.name.lowercased() == lowered })
    else { return nil }
    let field = value.type.fields[index]
    return Expression(
      .member(value, index), field.type, isNullable: value.isNullable || field.isNullable,
      place: value.place)
  }

  /// `a.b` over an array of structures is the array of their members.
  private static func memberOfEach(_ name: String, of value: Expression) -> Expression? {
    let literal = Expression(.literal(.string(name)), .string, isNullable: false)
    let arguments = [value, literal].map { FunctionCatalog.Argument($0.type, literal: $0.literal) }
    guard let function = try? FunctionCatalog.scalar("array_member", arguments) else { return nil }
    return Expression(
      .call(function, [value, literal]), function.resultType, isNullable: value.isNullable,
      place: value.place)
  }

  /// The same columns further to the right.
  func shifted(by count: Int) -> [Column] {
    columns.map { column in
      var copy = column
      copy.position += count
      return copy
    }
  }

  /// The same columns under a relation's new name, and new column names if any are given.
  func renamed(_ alias: String?, _ names: [String]) -> Scope {
    var copy = self
    for index in copy.columns.indices {
      if let alias { copy.columns[index].qualifier = [alias] }
      if index < names.count { copy.columns[index].name = names[index] }
    }
    return copy
  }

  /// Takes types and nullability from a plan's columns.
  mutating func refresh(from schema: Schema) {
    for index in columns.indices where columns[index].position < schema.fields.count {
      columns[index].isNullable = schema.fields[columns[index].position].isNullable
    }
  }

  /// The names of relations, for messages.
  var relationNames: [String] {
    var names: [String] = []
    for column in columns where !column.qualifier.isEmpty {
      let name = column.qualifier.joined(separator: ".")
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The fault for a name that is nowhere.
  func missing(_ parts: [String], at place: Place) -> Fault {
    let name = parts[parts.count - 1]
    if parts.count > 1 {
      let qualifier = Array(parts.dropLast())
      let own = columns.filter { $0.isOf(qualifier) }
      if !own.isEmpty {
        let relation = own[0].qualifier.joined(separator: ".")
        return fault(name, in: "'\(relation)'", among: own.map(\.name), at: place)
      }
      if case .found(let parent) = find(qualifier), !parent.type.fields.isEmpty {
        let owner = "'\(qualifier.joined(separator: "."))'"
        return Fault(
          .configuration, at: place, "no member '\(name)' in \(owner)",
          remedy: Suggestion.remedy(
            for: name, among: parent.type.fields.map(\.name),
            otherwise: "it has " + parent.type.fields.map(\.name).joined(separator: ", ")))
      }
      return fault(
        parts.joined(separator: "."), in: "\(relationList)",
        among: columns.map { ($0.qualifier + [$0.name]).joined(separator: ".") }, at: place)
    }
    return fault(name, in: relationList, among: columns.filter(\.isVisible).map(\.name), at: place)
  }

  private var relationList: String {
    relationNames.isEmpty ? "this query" : relationNames.map { "'\($0)'" }.joined(separator: ", ")
  }

  private func fault(
    _ name: String, in owner: String, among candidates: [String], at place: Place
  ) -> Fault {
    let some = candidates.prefix(12).joined(separator: ", ")
    let more = candidates.count > 12 ? ", …" : ""
    return Fault(
      .configuration, at: place, "no column '\(name)' in \(owner)",
      remedy: Suggestion.remedy(
        for: name, among: candidates,
        otherwise: candidates.isEmpty ? "name a table in FROM" : "it has \(some)\(more)"))
  }
}

extension Scope.Column {
  /// Whether `qualifier` names the relation: its alias, or the end of its full name.
  func isOf(_ qualifier: [String]) -> Bool {
    guard qualifier.count <= self.qualifier.count else { return false }
    return zip(qualifier.reversed(), self.qualifier.reversed()).allSatisfy {
      $0.lowercased() == $1.lowercased()
    }
  }
}
