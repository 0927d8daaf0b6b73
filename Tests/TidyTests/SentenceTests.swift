import Testing

/// What other modules see is explained where it stands.
@Suite struct SentenceTests {
  private static let keywords: Set<String> = [
    "struct", "class", "enum", "protocol", "actor", "typealias", "func",
  ]
  /// Requirements of protocols of the language and of packages: explained there.
  private static let elsewhere: Set<String> = [
    "hash", "encode", "next", "makeIterator", "validate", "main", "index", "callAsFunction",
  ]

  /// Package types and functions of `files` without a `///` sentence. A function that a protocol
  /// of the house asks for is explained at the protocol.
  static func findings(_ files: [SourceFile]) -> [Finding] {
    let required = files.reduce(into: elsewhere) { $0.formUnion(requirements($1)) }
    return files.flatMap { findings($0, required) }
  }

  private static func findings(_ file: SourceFile, _ required: Set<String>) -> [Finding] {
    file.code.enumerated().compactMap { index, line in
      guard words(line).prefix(3).contains("package"), !line.contains("import "),
        let (keyword, name) = declaration(line, keywords)
      else { return nil }
      let isOperator = keyword == "func" && !line.contains("func \(name)") && !line.contains("`")
      if isOperator || (keyword == "func" && required.contains(name)) { return nil }
      return isExplained(file, index)
        ? nil : Finding(file, index, "'\(name)' has no sentence", mend: "say in '///' what it is")
    }
  }

  /// Whether a `///` line stands above the line `index`, attributes aside.
  private static func isExplained(_ file: SourceFile, _ index: Int) -> Bool {
    for line in file.lines[..<index].reversed() {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("///") { return true }
      if !text.hasPrefix("@") { return false }
    }
    return false
  }

  /// The names of the functions that the protocols in `file` ask for.
  private static func requirements(_ file: SourceFile) -> Set<String> {
    var names: Set<String> = []
    for (index, line) in file.code.enumerated() {
      guard declaration(line, ["protocol"]) != nil, let end = bodyEnd(file.code, from: index)
      else { continue }
      names.formUnion(file.code[index...end].compactMap { declaration($0, ["func"])?.name })
    }
    return names
  }

  @Test func `every package type and function has a sentence`() throws {
    expectNone(SentenceTests.findings(try SourceFile.all(["Sources"], [".swift"])))
  }

  @Test func `a missing sentence is found`() {
    let file = sample(
      "X.swift",
      """
      /// A role.
      package protocol Source {
        func pull() -> Int
      }
      package struct Wells: Source {
        package func pull() -> Int { 1 }
        @inlinable
        package func dig() {}
        package static func == (left: Wells, right: Wells) -> Bool { true }
        /// Fills it.
        @inlinable
        package func fill() {}
        private func leak() {}
      }
      """)
    #expect(
      SentenceTests.findings([file]).map(\.description) == [
        "X.swift:5: 'Wells' has no sentence; say in '///' what it is",
        "X.swift:8: 'dig' has no sentence; say in '///' what it is",
      ])
  }
}
