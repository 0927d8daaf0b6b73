package import Core
package import Engine

/// A rule of a dataset: what must hold of each row before it is published.
package struct Expectation: Sendable {
  /// What happens to a row that breaks the rule.
  package enum Violation: String, Sendable {
    /// The row is kept and counted.
    case warn
    /// The row goes to the quarantine table instead.
    case quarantine
    /// Nothing is published.
    case fail
  }

  package var name: String
  /// A boolean SQL expression; NULL counts as broken.
  package var condition: String
  package var violation: Violation
  package var place: Place

  package init(name: String, condition: String, violation: Violation, place: Place) {
    self.name = name
    self.condition = condition
    self.violation = violation
    self.place = place
  }

  /// The rules among a dataset's table properties (`expect.<name>`), in declaration order.
  package static func parse(_ properties: [PropertySyntax]) throws(Fault) -> [Expectation] {
    var expectations: [Expectation] = []
    for property in properties where property.key.hasPrefix("expect.") {
      let name = String(property.key.dropFirst("expect.".count))
      expectations.append(try Expectation(name, property.value, place: property.valuePlace))
    }
    return expectations
  }

  private init(_ name: String, _ text: String, place: Place) throws(Fault) {
    self.name = name
    self.place = place
    let words = text.utf8.split(whereSeparator: isBlank).map(Substring.init)
    guard words.count >= 3,
      words[words.count - 3].uppercased() == "ON",
      words[words.count - 2].uppercased() == "VIOLATION"
    else {
      condition = text
      violation = .warn
      return
    }
    guard let violation = Violation(rawValue: words[words.count - 1].lowercased()) else {
      throw Fault(
        .configuration, at: place,
        "'\(words[words.count - 1])' is not what can happen on violation of '\(name)'",
        remedy: "use WARN, QUARANTINE or FAIL")
    }
    self.violation = violation
    condition = String(text[..<words[words.count - 3].startIndex])
  }
}
