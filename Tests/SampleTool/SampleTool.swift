import ArgumentParser
import Core
import UnixTool

/// A tool that does as it is told: for the tests of what all tools have in common.
@main
struct SampleTool: MedallionTool {
  static let manual = ToolManual(
    "sample-tool", "does as it is told", operands: "ACT [WORD…]", verdict: "told to",
    examples: [
      ("sample-tool print hello", "prints the word"),
      ("sample-tool fail temporary", "ends with that kind of fault"),
    ])

  @Argument(help: ArgumentHelp("what to do", valueName: "ACT"))
  var act: String

  @Argument(help: ArgumentHelp("what to do it with", valueName: "WORD"))
  var words: [String] = []

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var warehouse: WarehouseOption
  @OptionGroup(title: "Lake") var state: AsOfOption
  @OptionGroup(title: "Run") var report: ReportOptions
  @OptionGroup(title: "Run") var dryRun: DryRunOption
  @OptionGroup(title: "Run") var options: RunOptions

  static var manyOperands: WritableKeyPath<SampleTool, [String]>? { \.words }

  func needs(_ console: Console) throws -> Needs {
    var needs = Needs()
    for word in words { needs.add(.read, path: word) }
    needs.add(host: "localhost:80")
    needs.add(output: "-")
    return needs
  }

  func run(_ console: Console) throws {
    switch act {
    case "print":
      for word in words { try console.write(word) }
    case "print-forever":
      while true { try console.write("forever") }
    case "settings":
      try console.write("\(lake.lake) \(lake.jobs) \(lake.memory) \(lake.threads)")
      try console.write("\(try warehouse.place(inLake: lake.lake)) \(console.clock.now)")
    case "event":
      try console.publish(event: "{}", sentence: "an event")
    case "fail":
      for word in words { console.fail(fault(word)) }
    case "lines":
      for line in try console.inputLines() { try console.write("<\(line)>") }
    case "talk":
      console.note("a step")
      console.say("a word")
      console.warn(fault("data"))
    case "work":
      for count in 0..<160 {
        console.progress("at step \(count)", done: count, of: 160, "step")
        pause(.milliseconds(20))
      }
    case "draft":
      let file = try LocalFileSystem().draft(words[0], replacing: false)
      try file.append([UInt8](repeating: 0, count: 1 << 20))
      try console.write("begun")
      try console.output.flush()
      while try PipeInput().next() != nil {}
      while true { _ = PipeInput().waits(.seconds(1)) }
    default:
      throw Fault(.usage, "'\(act)' is not an act", remedy: "see the source")
    }
  }

  private func fault(_ word: String) -> Fault {
    Fault(
      Fault.Kind(rawValue: word) ?? .internal, at: Place("jobs/x.sql", line: 3), "\(word) failed",
      remedy: "mend it")
  }
}
