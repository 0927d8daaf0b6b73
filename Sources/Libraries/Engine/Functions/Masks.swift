import Columnar

extension FunctionCatalog {
  /// Functions that keep the form of a text and hide what it says.
  static let masks: [(String, ScalarBinding)] = [("mask", mask)]

  /// `mask(text[, upper[, lower[, digit[, other]]]])`: each character becomes the one of its kind,
  /// `X`, `x`, `n`; one that is given NULL stays, as others do where no fifth is given.
  private static let mask = ScalarBinding(
    .takes(
      .exactly(.string), optional: .exactly(.string), .exactly(.string), .exactly(.string),
      .exactly(.string))
  ) { arguments throws(Refusal) in
    var signs: [Unicode.Scalar?] = ["X", "x", "n", nil]
    for (index, argument) in arguments.dropFirst().enumerated() {
      signs[index] = try sign(argument)
    }
    let chosen = signs
    return ScalarFunction(
      "mask", arguments.map { _ in .string }, .string, isTotal: true
    ) { columns, count, _ in
      try eachRow(.string, [columns[0]], count) { values in
        .string(masked(values[0].text, chosen))
      }
    }
  }

  private static func sign(_ argument: Argument) throws(Refusal) -> Unicode.Scalar? {
    guard let literal = argument.literal else {
      throw .wrongArguments("wants literals behind the text")
    }
    guard case .string(let text) = literal else { return nil }
    guard let sign = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
      throw .wrongArguments("wants one character in place of each, not '\(text)'")
    }
    return sign
  }

  private static func masked(_ text: String, _ signs: [Unicode.Scalar?]) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let sign =
        switch scalar.properties.generalCategory {
        case .uppercaseLetter: signs[0]
        case .lowercaseLetter: signs[1]
        case .decimalNumber: signs[2]
        default: signs[3]
        }
      result.append(sign ?? scalar)
    }
    return String(result)
  }
}
