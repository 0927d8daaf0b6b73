import Core
import Testing

/// No word that says nothing, none that crashes, none that leaks where the house was built.
@Suite struct WordingTests {
  private static let emptyWords: Set<String> = [
    "Manager", "Helper", "Util", "Utils", "Common", "Misc", "Base", "Impl", "Info", "Processor",
    "Handler", "Wrapper",
  ]
  private static let typeKeywords: Set<String> = [
    "struct", "class", "enum", "protocol", "actor", "typealias",
  ]

  /// Words of this house that gave way to the field's, and these: see the glossary of
  /// `Sources/README.md`.
  private static let retiredWords: [String: String] = [
    "Arrivals": "Till", "Contested": "Held", "Delivered": "Feed", "Drop": "File", "Drops": "Files",
    "Fresh": "New", "Handed": "Disconnected", "Judge": "Check",
    "Judged": "Checked", "Pull": "MicroBatch", "Spool": "Sorter", "Spilling": "Spill",
  ]

  /// Types and files that are called by retired words.
  static func retiredFindings(_ file: SourceFile) -> [Finding] {
    var names = file.code.enumerated().compactMap { index, line in
      declaration(line, typeKeywords).map { (index, $0.name) }
    }
    names.insert((0, file.name), at: 0)
    return names.compactMap { index, name in
      camelParts(name).lazy.compactMap { word in retiredWords[word].map { (word, $0) } }.first.map {
        Finding(file, index, "'\($0.0)' in '\(name)' is retired", mend: "say '\($0.1)'")
      }
    }
  }

  static func nameFindings(_ file: SourceFile) -> [Finding] {
    var names = file.code.enumerated().compactMap { index, line in
      declaration(line, typeKeywords).map { (index, $0.name) }
    }
    names.insert((0, file.name), at: 0)
    return names.compactMap { index, name in
      camelParts(name.replacing("CommonTable", with: "")).first(where: emptyWords.contains).map {
        word in
        Finding(
          file, index, "'\(word)' in '\(name)' says nothing", mend: "name what it is or does")
      }
    }
  }

  /// Code that may not stand in a library, and what to do instead.
  private static let refused: [(text: String, remedy: String)] = [
    ("public ", "use 'package'"), ("try!", "throw on"), ("as!", "use 'as?' and a fault"),
    ("fatalError", "throw a fault, or state a precondition in words"),
    ("print(", "return the text, the tool prints it"),
    ("debugPrint(", "return the text, the tool prints it"),
    ("NSError", "throw a fault"), ("TODO", "do it, or open an issue"),
  ]

  static func codeFindings(_ file: SourceFile) -> [Finding] {
    file.code.enumerated().flatMap { index, line in
      refused.compactMap { text, remedy in
        guard let range = line.firstRange(of: text),
          line[..<range.lowerBound].last.map({ !$0.isLetter && $0 != "." }) ?? true
        else { return nil }
        return Finding(file, index, "'\(text)' in a library or tool", mend: remedy)
      }
    }
  }

  static func pathFindings(_ file: SourceFile) -> [Finding] {
    file.lines.enumerated().flatMap { index, line in
      ["work", "home", "root"].map { "/\($0)/" }.compactMap { path in
        guard let range = line.firstRange(of: path),
          line[..<range.lowerBound].last.map({ " \"'`(=:".contains($0) }) ?? true
        else { return nil }
        return Finding(file, index, "a path of one machine", mend: "make it relative, or an option")
      }
    }
  }

  @Test func `names say something`() throws {
    expectNone(
      try SourceFile.all(["Sources", "Tests"], [".swift"]).flatMap(WordingTests.nameFindings))
  }

  @Test func `what has the field's name is called by it`() throws {
    expectNone(
      try SourceFile.all(["Sources"], [".swift"]).flatMap(WordingTests.retiredFindings))
  }

  @Test func `a retired word is found`() {
    let file = sample("Sources/Libraries/X/KeySpool.swift", "struct JudgedRows {}\nstruct Row {}")
    #expect(
      WordingTests.retiredFindings(file).map(\.description) == [
        "Sources/Libraries/X/KeySpool.swift:1: 'Spool' in 'KeySpool' is retired; say 'Sorter'",
        "Sources/Libraries/X/KeySpool.swift:1: 'Judged' in 'JudgedRows' is retired; say 'Checked'",
      ])
  }

  @Test func `libraries and tools do not crash, print or publish`() throws {
    expectNone(try SourceFile.all(["Sources"], [".swift"]).flatMap(WordingTests.codeFindings))
  }

  @Test func `nothing speaks of the machine it was built on`() throws {
    let folders = [
      "Sources", "Tests", "jobs", "cron", "Benchmarks", "Makefile", "README.md", ".ci",
    ]
    let endings = [
      ".swift", ".sql", ".yml", "Makefile", ".md", ".ci/run", ".crontab", ".cpp", ".h",
    ]
    let files = try SourceFile.all(folders, endings)
    expectNone(files.filter { $0.name != "WordingTests" }.flatMap(WordingTests.pathFindings))
  }

  @Test func `empty and refused words are found, but not in comments and texts`() {
    let names = sample("Sources/Libraries/X/FileHelper.swift", "struct JobManager {}\nlet info = 1")
    #expect(WordingTests.nameFindings(names).map(\.place.line) == [1, 1])
    #expect(WordingTests.nameFindings(sample("Database.swift", "enum Databases {}")).isEmpty)
    let code = """
      // try! fatalError print(
      let text = "try! \\(name("as!")) print("
      /* public func */ let x = y as! Int
      """
    #expect(WordingTests.codeFindings(sample("X.swift", code)).map(\.place.line) == [3])
    #expect(WordingTests.pathFindings(sample("X.sql", "LOCATION '/home/x'")).count == 1)
  }
}
