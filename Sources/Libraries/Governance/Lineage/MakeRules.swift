import Core

/// One rule of a makefile.
package struct MakeRule: Equatable, Sendable {
  package var target: String
  package var prerequisites: [String]
  /// Shell lines, as make is to run them.
  package var recipe: [String]

  package init(_ target: String, _ prerequisites: [String], recipe: [String]) {
    self.target = target
    self.prerequisites = prerequisites
    self.recipe = recipe
  }

  /// The rule as make reads it: names and commands stand for themselves.
  package var text: String {
    let head = ([quotedForMake(target) + ":"] + prerequisites.map(quotedForMake))
      .joined(separator: " ")
    return ([head] + recipe.map { "\t\(quotedForRecipe($0))" }).joined(separator: "\n") + "\n"
  }
}

extension LineageGraph {
  /// The rules that make every table for which `rule` names a target: its prerequisites are those
  /// that `rule` gives it, then the targets of the tables it is made from, in an order in which
  /// tables come after those they need.
  package func makeRules(_ rule: (DatasetName) -> MakeRule?) -> [MakeRule] {
    let rules = Dictionary(
      uniqueKeysWithValues: dependencies().compactMap { dependency in
        rule(dependency.output).map { (dependency.output, $0) }
      })
    return dependencies().compactMap { dependency in
      guard var made = rules[dependency.output] else { return nil }
      made.prerequisites += dependency.inputs.compactMap { rules[$0]?.target }
      return made
    }
  }
}
