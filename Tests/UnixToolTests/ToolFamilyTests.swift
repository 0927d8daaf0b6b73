import Core
import JSON
import TestSupport
import Testing

@Suite struct ToolFamilyTests {
  private func sample(
    _ arguments: String..., input: String = "", environment: [String: String] = [:],
    outputPath: String? = nil
  ) throws -> ToolRun {
    try ToolRun(
      "sample-tool", arguments, input: [UInt8](input.utf8), environment: environment,
      outputPath: outputPath)
  }

  @Test(arguments: [
    ("--nonsense", "'--nonsense' is not an option; see 'sample-tool --help'"),
    ("--laek=x print", "'--laek' is not an option; did you mean '--lake'?"),
    ("print --now", "'--now' needs a value; give '--now <TIME>', the run's clock, instead of"),
    ("print --now=zz", "'zz' is not a value of '--now'; give '--now <TIME>', the run's clock"),
    ("print --format xml", "'xml' is not a value of '--format'; give one of 'text', 'json'"),
    ("print --threads 0", "'0' is not a value of '--threads'; give a number from 1"),
    ("print --quiet=3", "'--quiet' takes no value; leave out '=3'"),
    ("", "'<ACT>' is missing; see 'sample-tool --help'"),
    ("dance", "'dance' is not an act; see the source"),
  ])
  func `a wrong call ends with 64 and says what to do`(_ call: String, _ message: String) throws {
    let arguments = call.split(separator: " ").map(String.init)
    let run = try ToolRun("sample-tool", arguments)
    #expect(run.status == 64)
    #expect(run.text == "")
    #expect(run.talk.hasPrefix("sample-tool: \(message)"), "\(run.talk)")
    #expect(run.talk.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ("verdict", 1), ("usage", 64), ("data", 65), ("missing", 66), ("internal", 70),
    ("cannotCreate", 73), ("io", 74), ("temporary", 75), ("denied", 77), ("configuration", 78),
  ])
  func `each kind of fault has its status`(_ kind: String, _ status: Int) throws {
    let run = try sample("fail", kind)
    #expect(run.status == status)
    #expect(run.talk == "sample-tool:jobs/x.sql:3: \(kind) failed; mend it\n")
  }

  @Test func `of several faults the first that a new try does not mend decides`() throws {
    #expect(try sample("fail", "temporary", "data", "io").status == 65)
    #expect(try sample("fail", "temporary", "temporary").status == 75)
    #expect(try sample("fail", "verdict", "temporary").status == 1)
  }

  @Test func `operands come by the thousand, each as it was given`() throws {
    let words = (1...20_000).map { $0.isMultiple(of: 7) ? "" : "word \($0)" }
    let run = try ToolRun(
      "sample-tool", ["--threads", "2", "print"] + words + ["--quiet", "last"])
    #expect(run.status == 0)
    #expect(run.text == (words + ["last"]).map { $0 + "\n" }.joined())
    let options = Array(repeating: "--quiet", count: 5_000)
    #expect(try ToolRun("sample-tool", ["print"] + options).status == 64)
  }

  @Test func `help fits eighty columns and names the statuses`() throws {
    let run = try sample("--help")
    #expect(run.status == 0)
    #expect(run.talk == "")
    #expect(run.text.hasPrefix("Usage: sample-tool [OPTION…] ACT [WORD…]\nDoes as it is told.\n"))
    #expect(run.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    for word in ["--lake", "--now", "Exit status:", "75", "Examples:"] {
      #expect(run.text.contains(word))
    }
  }

  @Test func `the version goes to standard output`() throws {
    let run = try sample("--version")
    #expect(run.text == "sample-tool \(Medallion.version)\n")
    #expect(run.status == 0)
  }

  @Test func `an option goes before the environment, and that before the default`() throws {
    let plain = try sample("settings", "--threads=3", "--now=2026-03-01")
    #expect(plain.text == "lake jobs 512MiB 3\nlake/warehouse.db 2026-03-01T00:00:00Z\n")
    let variables = [
      "MEDALLION_LAKE": "a", "MEDALLION_JOBS": "b", "MEDALLION_THREADS": "5",
      "MEDALLION_MEMORY": "64MiB", "MEDALLION_NOW": "2026-03-02",
    ]
    let set = try sample("settings", "--jobs", "c", environment: variables)
    #expect(set.text == "a c 64MiB 5\na/warehouse.db 2026-03-02T00:00:00Z\n")
    let wrong = try sample("settings", environment: ["MEDALLION_MEMORY": "much"])
    #expect(wrong.status == 64)
    #expect(wrong.talk.contains("'much' is not a value of MEDALLION_MEMORY; set it to a size"))
  }

  @Test func `a lost write is a failure`() throws {
    let run = try sample("print", "hello", outputPath: "/dev/full")
    #expect(run.status == 74)
    #expect(
      run.talk == "sample-tool:standard output: cannot write: no space left on device; "
        + "check where the output goes\n")
    #expect(try sample("--help", outputPath: "/dev/full").status == 74)
  }

  @Test func `off a terminal an event is its line`() throws {
    #expect(try sample("event").text == "{}\n")
  }

  @Test func `a torn last line is passed over`() throws {
    let run = try sample("lines", input: "one\ntwo\n\nthr")
    #expect(run.text == "<one>\n<two>\n")
    #expect(run.talk.hasPrefix("sample-tool:standard input:4: the last line is torn; "))
    #expect(run.status == 0)
  }

  @Test func `talk is as loud as asked, in the form asked for`() throws {
    let warning = "sample-tool:jobs/x.sql:3: data failed; mend it\n"
    #expect(try sample("talk").talk == "sample-tool: a word\n\(warning)")
    #expect(try sample("talk", "-q").talk == "")
    #expect(try sample("talk", "-v").talk == "sample-tool: a step\nsample-tool: a word\n\(warning)")
    let run = "0195505b-1f80-7000-8000-000000000001"
    let lines = try sample("talk", "--log-format=json", "--run-id", run).talk
      .split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines[1].hasSuffix(
        #""level":"warning","tool":"sample-tool","run_id":"\#(run)","place":"jobs/x.sql:3","#
          + #""message":"data failed","remedy":"mend it"}"#))
  }

  @Test(arguments: [
    ["--log-format", "json", "--nonsense"], ["--nonsense", "--log-format=json"],
  ])
  func `a wrong call is told in the form that it asks for`(_ arguments: [String]) throws {
    let tool = try ToolRun(program: ToolRun.path(of: "sample-tool"), arguments)
    #expect(tool.status == 64)
    let message = try JSONValue(parsing: tool.talk)
    #expect(message["message"]?.string == "'--nonsense' is not an option")
    #expect(message["level"]?.string == "error")
  }

  @Test func `a signal rolls drafts back and ends the tool`() throws {
    let folder = Workdir()
    let script = """
      "$0" draft '\(folder.path)/big' > '\(folder.path)/out' &
      for i in $(seq 500); do [ -s '\(folder.path)/out' ] && break; sleep 0.02; done
      ls -A '\(folder.path)' | grep -c draft
      kill -TERM $!
      wait $!
      echo "$?"
      ls -A '\(folder.path)'
      """
    let tool = try ToolRun.path(of: "sample-tool")
    let run = try ToolRun(program: "/bin/bash", ["-c", script, tool])
    #expect(run.text == "1\n143\nout\n", "\(run.talk)")
  }

  @Test func `a reader that leaves ends the tool in silence`() throws {
    let tool = try ToolRun.path(of: "sample-tool")
    let script = "\"$0\" print-forever | head -n 1; echo ${PIPESTATUS[0]}"
    let run = try ToolRun(program: "/bin/bash", ["-c", script, tool])
    #expect(run.text == "forever\n141\n")
    #expect(run.talk == "")
  }
}
