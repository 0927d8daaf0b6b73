import Core
import Testing

/// No bare operator on what counts days, microseconds or a decimal's digits: it would end the
/// process where the type ends, and a value from outside may stand there.
@Suite struct CalendarArithmeticTests {
  /// Where the checked functions are; made-up data keeps within its own lifetime.
  private static let exempt = [
    "Sources/Libraries/Core/Time/CivilDate+Arithmetic.swift", "Sources/Libraries/Retailer/",
  ]

  static func findings(_ file: SourceFile) throws -> [Finding] {
    if exempt.contains(where: file.path.hasPrefix) { return [] }
    let names = "(dayNumber|microseconds|unscaled|microsecondsPerDay|microsecondsPerSecond)"
    let constant = try Regex(
      #"\b[0-9_]+ \* Timestamp\.microsecondsPer\w+|\bmicrosecondsPer\w+ \* [0-9_]+"#
    ).wordBoundaryKind(.simple)
    // Words of code end at a point too.
    let before = try Regex("\\b\(names)\\)?\\s+[-+*]=?\\s").wordBoundaryKind(.simple)
    let after = try Regex("\\s[-+*]=?\\s+(Int(64|128)?\\()?([A-Za-z]\\w*\\.)*\(names)\\b(?!\\()")
      .wordBoundaryKind(.simple)
    // An operator may stand on the next line.
    let text = file.code.joined(separator: "\n").replacing(constant, with: "constant")
    return [before, after].flatMap { text.matches(of: $0) }.map { match in
      let index = text[..<match.range.lowerBound].count { $0 == "\n" }
      return Finding(
        file, index, "a bare operator on days, microseconds or digits",
        mend:
          "call what Core/Time/CivilDate+Arithmetic.swift has, or write '&+' and say why it fits")
    }
  }

  @Test func `days, microseconds and digits are counted by checked functions`() throws {
    let findings = try SourceFile.all(["Sources"], [".swift"]).flatMap(Self.findings)
    #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
  }

  @Test(arguments: [
    ("let a = date.dayNumber + 1", 1), ("let a = Int64(day.dayNumber) * 2", 1),
    ("let a = 1 - start.microseconds", 1), ("let a = b\n  + Int64(x.unscaled)", 1),
    ("total += value.unscaled", 1), ("let a = Int64(n) * Timestamp.microsecondsPerDay", 1),
    ("let a = 7 * Timestamp.microsecondsPerDay", 0), ("let a = date.dayNumber &+ 1", 0),
    ("let a = .microseconds(b - c)", 0), ("let a = -value.unscaled", 0),
  ])
  func `a bare operator is found, a checked one is not`(_ line: String, _ count: Int) throws {
    #expect(try Self.findings(SourceFile("Sources/a.swift", Array(line.utf8))).count == count)
  }
}
