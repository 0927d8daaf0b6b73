import Core
import Testing

/// `Sources/README.md` leads a newcomer through the house: what it names must be there.
@Suite struct GuideTests {
  /// What the guide, of these lines, names that is not in the house, or leaves out.
  static func findings(
    _ guide: SourceFile, files: [String], types: Set<String>, modules: [String]
  ) -> [Finding] {
    var found: [Finding] = []
    for (index, line) in guide.lines.enumerated() {
      for name in quoted(line) {
        if name.hasSuffix(".swift"), !files.contains(where: { "/\($0)".hasSuffix("/\(name)") }) {
          found.append(
            Finding(guide, index, "there is no file '\(name)'", mend: "name the one that has it"))
        } else if isType(name), !types.contains(name), !modules.contains(name) {
          found.append(
            Finding(guide, index, "there is no type '\(name)'", mend: "name today's type"))
        }
      }
    }
    let text = guide.lines.joined(separator: "\n")
    for module in modules where !text.contains(module) {
      found.append(
        Finding(guide, 0, "'\(module)' stands nowhere", mend: "give it its place in the picture"))
    }
    return found
  }

  /// What stands between backticks.
  private static func quoted(_ line: String) -> [String] {
    line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// A name in camel case with a small letter in it: `KeyIndex`, not `TOOLS` or `Files/`.
  private static func isType(_ text: String) -> Bool {
    text.first?.isUppercase == true && text.allSatisfy { $0.isLetter || $0.isNumber }
      && text.contains { $0.isLowercase }
  }

  /// The types that `files` declare, whatever they stand in.
  private static func types(_ files: [SourceFile]) -> Set<String> {
    let keywords: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
    return files.reduce(into: []) { types, file in
      types.formUnion(file.code.compactMap { declaration($0, keywords)?.name })
    }
  }

  @Test func `the guide names what is there, and every library and tool`() throws {
    let files = try SourceFile.all(["Sources", "Tests", "Package.swift"], [".swift"])
    let modules = Set(files.compactMap(\.module))
    let guide = try #require(try SourceFile.all(["Sources/README.md"], [".md"]).first)
    expectNone(
      GuideTests.findings(
        guide, files: files.map(\.path), types: GuideTests.types(files), modules: modules.sorted()))
  }

  @Test func `what is gone or left out is found`() {
    let guide = sample("G.md", "`Well` (`Deep/Well.swift`), `Rope` in `Rope.swift`; `make` TOOLS")
    #expect(
      GuideTests.findings(
        guide, files: ["Sources/Deep/Well.swift"], types: ["Well"], modules: ["Ground"]
      ).map(\.description) == [
        "G.md:1: there is no type 'Rope'; name today's type",
        "G.md:1: there is no file 'Rope.swift'; name the one that has it",
        "G.md:1: 'Ground' stands nowhere; give it its place in the picture",
      ])
  }
}
