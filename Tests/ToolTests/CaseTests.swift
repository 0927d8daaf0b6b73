import Core
import Glibc
import TestSupport
import Testing

/// Whole tools, case by case: each folder `Cases/<tool>/<case>` holds a script `cmd` and what it
/// must print, say and end with.
///
/// The script runs in an empty folder with the built tools on PATH and CHECKOUT naming the project;
/// the clock and the run's identity are fixed. `expected.out`, `expected.err` and `expected.status`
/// stand for nothing, nothing and 0 where they are missing. With RECORD_CASES=1 in the environment
/// they are written instead of compared.
@Suite struct CaseTests {
  /// A case, named after its folder.
  struct Case: CustomTestStringConvertible, Sendable {
    let folder: String
    var testDescription: String {
      folder.split(separator: "/").suffix(2).joined(separator: ": ").replacing("-", with: " ")
    }

    static let root = "Tests/ToolTests/Cases"

    static let all: [Case] = {
      let files = LocalFileSystem()
      let tools = (try? files.list(root)) ?? []
      return tools.flatMap { tool in
        ((try? files.list("\(root)/\(tool)")) ?? []).map { Case(folder: "\(root)/\(tool)/\($0)") }
      }
    }()

    func expected(_ name: String) throws -> String {
      let files = LocalFileSystem()
      guard try files.exists("\(folder)/\(name)") else { return "" }
      return String(decoding: try files.read("\(folder)/\(name)"), as: UTF8.self)
    }

    func record(_ name: String, _ text: String) throws {
      let files = LocalFileSystem()
      if text.isEmpty {
        try files.remove("\(folder)/\(name)")
      } else {
        try files.replace("\(folder)/\(name)", [UInt8](text.utf8))
      }
    }
  }

  @Test(arguments: Case.all)
  func `a tool does what its case says`(_ one: Case) throws {
    let checkout = try #require(getcwd(nil, 0).map { String(cString: $0) })
    let tools = try ToolRun.path(of: "lake-sql").split(separator: "/").dropLast()
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let work = Workdir()
    let run = try ToolRun(
      program: "/bin/bash", ["-uo", "pipefail", "\(checkout)/\(one.folder)/cmd"], in: work.path,
      environment: [
        "PATH": "/\(tools.joined(separator: "/")):\(path)",
        "CHECKOUT": checkout, "MEDALLION_NOW": "\(Timestamp.ofTests)",
        "MEDALLION_RUN_ID": "0195505b-1f80-7000-8000-000000000001", "LC_ALL": "C.UTF-8",
      ])
    #expect(try Canary.leaks(below: work.path) == [])
    if getenv("RECORD_CASES") != nil {
      try one.record("expected.out", run.text)
      try one.record("expected.err", run.talk)
      try one.record("expected.status", run.status == 0 ? "" : "\(run.status)\n")
      return
    }
    let status = try one.expected("expected.status").split(separator: "\n").first.map(String.init)
    #expect("\(run.status)" == status ?? "0", "\(run.talk)")
    let texts = [(run.text, "expected.out"), (run.talk, "expected.err")]
    for (text, name) in texts {
      let found = try difference(text, from: one.expected(name))
      #expect(found == nil, "\(name): \(found ?? "")")
    }
  }

  @Test func `there are cases`() { #expect(!Case.all.isEmpty) }
}

/// The first line of `text` that is not as expected, with the one that stands in its place.
private func difference(_ text: String, from expected: String) -> String? {
  if text == expected { return nil }
  let (found, wanted) = (lines(text), lines(expected))
  let number = zip(found, wanted).prefix { $0 == $1 }.count
  let line = number < found.count ? "'\(found[number])'" : "nothing"
  let other = number < wanted.count ? "'\(wanted[number])'" : "nothing"
  return "line \(number + 1) is \(line) instead of \(other)"
}

private func lines(_ text: String) -> [Substring] {
  text.split(separator: "\n", omittingEmptySubsequences: false)
}
