import Core
import TestSupport
import Testing

/// All tools answer alike.
@Suite struct FamilyTests {
  private static let tools =
    ((try? LocalFileSystem().list("Sources/Tools")) ?? []).filter { !$0.hasPrefix(".") }

  @Test(arguments: tools)
  func `help fits the screen's width and names statuses and examples`(_ tool: String) throws {
    let run = try ToolRun(tool, ["--help"])
    #expect(run.status == 0)
    #expect(run.talk == "")
    #expect(run.text.hasPrefix("Usage: \(tool) "))
    for line in run.text.split(separator: "\n") where line.count > 80 {
      Issue.record("\(tool) --help: '\(line)' is wider than 80 columns; say it in fewer words")
    }
    for word in ["--now <TIME>", "--help", "Exit status:", "Examples:\n  \(tool)"] {
      #expect(run.text.contains(word))
    }
  }

  @Test(arguments: tools)
  func `an unknown option is a wrong call with a remedy`(_ tool: String) throws {
    let run = try ToolRun(tool, ["--nonsense"])
    #expect(run.status == 64)
    #expect(run.text == "")
    #expect(run.talk == "\(tool): '--nonsense' is not an option; see '\(tool) --help'\n")
  }

  @Test(arguments: tools)
  func `the version is the suite's`(_ tool: String) throws {
    #expect(try ToolRun(tool, ["--version"]).text == "\(tool) \(Medallion.version)\n")
  }

  @Test(arguments: tools)
  func `the needs of each example are told, and nothing is touched for it`(_ tool: String) throws {
    let folder = Workdir()
    _ = try ToolRun(program: "/bin/cp", ["-R", "jobs", folder.file("jobs")])
    let before = try ToolRun(program: "/usr/bin/find", [folder.path]).text
    var told = 0
    for call in calls(in: try ToolRun(tool, ["--help"]).text, of: tool) {
      let run = try needs(of: call, tool, "json", in: folder)
      // An example may name what this business has not.
      if run.status == 66 { continue }
      #expect(run.status == 0, "\(call): \(run.talk)")
      let lines = try run.text.split(separator: "\n").map { try ToldNeed($0) }
      #expect(Set(lines).count == lines.count, "\(call): something is told twice")
      for need in lines { #expect(need.isWellFormed, "\(call): \(need)") }
      let text = try needs(of: call, tool, "text", in: folder).text
      #expect(text == ToldNeed.text(of: lines), "\(call): \(text)")
      told += 1
    }
    #expect(told > 0)
    #expect(try ToolRun(program: "/usr/bin/find", [folder.path]).text == before)
  }

  private func needs(
    of call: String, _ tool: String, _ form: String, in folder: Workdir
  ) throws -> ToolRun {
    let words = "'\(try ToolRun.path(of: tool))' --needs --format \(form)"
    // An example may ask for a form of its product.
    let rest = call.dropFirst(tool.count).replacing(/--format \w+/, with: "")
    return try ToolRun(program: "/bin/bash", ["-c", words + rest], in: folder.path)
  }

  @Test(arguments: tools)
  func `a form of needs that is none is a wrong call`(_ tool: String) throws {
    let run = try ToolRun(tool, ["--needs", "--format", "xml"])
    #expect(run.status == 64)
    #expect(run.text == "")
    #expect(
      run.talk == "\(tool): 'xml' is no form of '--needs'; "
        + "give --format text, json, unit, filter or grants\n")
  }

  /// The examples of a help text that are the tool's call and nothing else.
  private func calls(in help: String, of tool: String) -> [String] {
    let examples = help.split(separator: "\n").drop { $0 != "Examples:" }
    return examples.filter { line in
      line.hasPrefix("  \(tool)") && !line.contains { "|>$…".contains($0) }
    }.map { String($0.dropFirst(2)) }
  }

  @Test(arguments: tools)
  func `a full device is a failure`(_ tool: String) throws {
    #expect(try ToolRun(tool, ["--help"], outputPath: "/dev/full").status == 74)
  }

  @Test func `an option that several tools have is explained alike`() throws {
    var meanings: [String: [String: [String]]] = [:]
    for tool in FamilyTests.tools {
      for (option, meaning) in options(try ToolRun(tool, ["--help"]).text) {
        // What stands in parentheses are a tool's own values and default.
        let words = String(meaning.prefix { $0 != "(" })
        meanings[option, default: [:]][words, default: []].append(tool)
      }
    }
    for option in FamilyTests.shared {
      let texts = meanings[option] ?? [:]
      #expect(texts.count <= 1, "\(option) differs: \(texts.values.map { $0 })")
    }
  }

  private static let shared = [
    "--lake", "--jobs", "--warehouse", "--as-of", "--now", "--run-id", "--memory", "--threads",
    "--format", "--log-format", "-n,", "-q,", "-v,",
  ]

  /// The options that a help text lists, with all that is said of them.
  private func options(_ help: String) -> [String: String] {
    var options: [String: String] = [:]
    var current: String?
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  -") {
        current = line.split(separator: " ").first.map(String.init)
      } else if !line.hasPrefix("     ") {
        current = nil
      }
      if let current { options[current, default: ""] += line }
    }
    return options
  }
}
