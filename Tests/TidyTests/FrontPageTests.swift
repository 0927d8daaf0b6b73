import Testing

/// Each library tells a newcomer what it is, in a comment that begins with its name:
///
///     // Engine: Spark SQL from text to batches.
///     //
///     // …
@Suite struct FrontPageTests {
  /// The fewest lines that can say it.
  private static let leastLineCount = 5
  private static let contents =
    "say what the library is, its rooms in order, where to begin and what it must not know"

  /// What is wrong with the front pages of the libraries that `files` make up.
  static func findings(_ files: [SourceFile]) -> [Finding] {
    Dictionary(grouping: files.filter(\.isLibrary)) { $0.module ?? "" }
      .sorted { $0.key < $1.key }.flatMap { findings($0.key, $0.value) }
  }

  private static func findings(_ library: String, _ files: [SourceFile]) -> [Finding] {
    // Files beside the rooms come first: there a newcomer looks.
    let files = files.sorted { (depth($0), $0.path) < (depth($1), $1.path) }
    let pages = files.compactMap { page(of: library, in: $0) }
    guard let page = pages.first else {
      return [
        Finding(
          files[0], 0, "'\(library)' has no front page",
          mend: "begin a comment with '// \(library): ' and \(contents)")
      ]
    }
    var found = pages.dropFirst().map {
      Finding(
        $0.file, $0.start, "'\(library)' has its front page in \(page.file.path)",
        mend: "make one of the two")
    }
    if depth(page.file) > depth(files[0]) {
      found.append(
        Finding(
          page.file, page.start, "the front page of '\(library)' is in a room",
          mend: "move it to a file beside the rooms"))
    }
    if page.lineCount < leastLineCount {
      found.append(
        Finding(
          page.file, page.start, "the front page of '\(library)' says too little", mend: contents))
    }
    return found
  }

  private static func page(
    of library: String, in file: SourceFile
  ) -> (file: SourceFile, start: Int, lineCount: Int)? {
    guard let start = file.lines.firstIndex(where: { $0.hasPrefix("// \(library): ") }) else {
      return nil
    }
    return (file, start, file.lines[start...].prefix { $0.hasPrefix("//") }.count)
  }

  private static func depth(_ file: SourceFile) -> Int { file.path.count { $0 == "/" } }

  @Test func `every library has a front page`() throws {
    expectNone(FrontPageTests.findings(try SourceFile.all(["Sources/Libraries"], [".swift"])))
  }

  @Test func `a front page that is missing, hidden, short or made twice is found`() {
    let page = "import Core\n\n// Well: water.\n//\n// Deep.\n// Begin with `Rope`.\n// No fire.\n"
    #expect(
      findings(["Rope.swift": "struct Rope {}", "Buckets/Bucket.swift": page]) == [
        "Sources/Libraries/Well/Buckets/Bucket.swift:3: the front page of 'Well' is in a room; "
          + "move it to a file beside the rooms"
      ])
    #expect(findings(["Rope.swift": page, "Bucket.swift": "/// Bucket: of wood.\n"]).isEmpty)
    #expect(findings(["Ropes/Rope.swift": page]).isEmpty)
    #expect(
      findings(["Rope.swift": "// Rope: of hemp.\n"]) == [
        "Sources/Libraries/Well/Rope.swift:1: 'Well' has no front page; begin a comment with "
          + "'// Well: ' and say what the library is, its rooms in order, where to begin and what "
          + "it must not know"
      ])
    #expect(
      findings(["Rope.swift": "// Well: water.\n\n// Deep.\n"]) == [
        "Sources/Libraries/Well/Rope.swift:1: the front page of 'Well' says too little; say what "
          + "the library is, its rooms in order, where to begin and what it must not know"
      ])
    #expect(
      findings(["Bucket.swift": page, "Rope.swift": page]) == [
        "Sources/Libraries/Well/Rope.swift:3: 'Well' has its front page in "
          + "Sources/Libraries/Well/Bucket.swift; make one of the two"
      ])
  }

  /// What is found in a library `Well` of these files.
  private func findings(_ files: [String: String]) -> [String] {
    FrontPageTests.findings(files.map { sample("Sources/Libraries/Well/\($0.key)", $0.value) })
      .map(\.description)
  }
}
