import Testing

/// Nothing is longer or wider than a reader likes.
@Suite struct SizeTests {
  private static let fileLimit = 500
  private static let functionLimit = 60
  private static let lineLimit = 100

  static func lineFindings(_ file: SourceFile) -> [Finding] {
    file.lines.enumerated().flatMap { index, line in
      var findings: [Finding] = []
      if line.count > lineLimit {
        findings.append(
          Finding(file, index, "\(line.count) columns, not \(lineLimit)", mend: "break the line"))
      }
      if line.contains("\t") {
        findings.append(Finding(file, index, "a tab", mend: "indent by two spaces"))
      }
      if line.last == " " {
        findings.append(Finding(file, index, "blanks at the end", mend: "remove them"))
      }
      return findings
    }
  }

  static func fileFindings(_ file: SourceFile) -> [Finding] {
    guard file.lines.count > fileLimit else { return [] }
    return [
      Finding(
        file, fileLimit, "\(file.lines.count) lines, not \(fileLimit)",
        mend: "split the file by what it does")
    ]
  }

  static func functionFindings(_ file: SourceFile) -> [Finding] {
    file.code.enumerated().compactMap { index, line in
      let words = words(line)
      let start = words.firstIndex { ["func", "init", "deinit", "subscript", "var"].contains($0) }
      // Attributes and modifiers may stand before the keyword, other code may not.
      guard let start, words[..<start].allSatisfy({ modifiers.contains(String($0)) }),
        !line.contains(".init("), let end = bodyEnd(file.code, from: index),
        end - index + 1 > functionLimit
      else { return nil }
      let name = words.dropFirst(start + (words[start] == "func" ? 1 : 0)).first ?? ""
      return Finding(
        file, index, "'\(name)' has \(end - index + 1) lines, not \(functionLimit)",
        mend: "take a part with a name of its own out of it")
    }
  }

  private static let modifiers: Set<String> = [
    "package", "private", "fileprivate", "internal", "static", "mutating", "consuming", "override",
    "borrowing", "nonisolated", "unsafe", "final", "convenience", "required", "inlinable", "inline",
    "__always", "never", "discardableResult", "usableFromInline", "Sendable", "Test", "lazy", "set",
  ]

  private func swiftFiles() throws -> [SourceFile] {
    try SourceFile.all(["Sources", "Tests", "Benchmarks", "Package.swift"], [".swift"])
  }

  @Test func `no line is too wide, none has tabs or trailing blanks`() throws {
    expectNone(try swiftFiles().flatMap(SizeTests.lineFindings))
  }

  @Test func `no file is too long`() throws {
    expectNone(try swiftFiles().flatMap(SizeTests.fileFindings))
  }

  @Test func `no function is too long`() throws {
    expectNone(try swiftFiles().flatMap(SizeTests.functionFindings))
  }

  @Test func `what is too long is found`() {
    let body = String(repeating: "  work()\n", count: 59)
    let file = sample("X.swift", "package func short() {}\nfunc long(\n) {\n\(body)}\n")
    #expect(
      SizeTests.functionFindings(file).map(\.description) == [
        "X.swift:2: 'long' has 62 lines, not 60; take a part with a name of its own out of it"
      ])
    #expect(SizeTests.lineFindings(sample("X.swift", "\tx \n")).count == 2)
    #expect(
      SizeTests.fileFindings(sample("X.swift", String(repeating: "\n", count: 501))).count == 1)
  }
}
