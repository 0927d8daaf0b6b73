package import Core
import Glibc
import JSON

/// The process in which a drill is done. It is started for that alone, puts up the fence before
/// anything else, and tells its report on standard output: whoever started it writes that down.
///
/// It is called as `drill <mark> SCRATCH USER`, with what it is to do on standard input, so that no
/// key stands among arguments.
package enum DrillWorker {
  private static let mark = "\u{1}fenced"

  /// Drills and ends the process, if it was called for that.
  package static func workIfCalled() {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, arguments[1] == mark else { return }
    var answer: JSONValue = .null
    do {
      let user = arguments[3].isEmpty ? nil : arguments[3]
      let text = try LocalFileSystem().read("/dev/fd/0")
      let fence = try DrillFence.putUp(around: arguments[2], as: user)
      guard let call = DrillCall(try JSONValue(parsing: text, at: Place("the call"))) else {
        throw Fault(.internal, "a drill was called wrongly", remedy: "report it")
      }
      Thread.withDeepStack {
        answer = ["report": DrillRun(call, LocalFileSystem(), fence: fence).run().json]
      }
    } catch let fault as Fault {
      answer = ["problem": .string(fault.problem), "remedy": .string(fault.remedy)]
    } catch {
      answer = ["problem": .string("\(error)"), "remedy": "report it"]
    }
    exit(writeAll(JSONWriter.bytes(answer), to: 1) == nil ? 0 : 74)
  }

  /// Has a process of its own do what `call` asks, as `user` if one is named; its report. `.denied`
  /// where no fence can be put up.
  package static func run(_ call: DrillCall, as user: String?) throws(Fault) -> DrillReport {
    let files = LocalFileSystem()
    let tree = FolderTree(files)
    try files.createDirectory("\(call.scratch)/tmp")
    defer { try? tree.remove(call.scratch) }
    let outcome = try ChildProgram(
      "/proc/self/exe", [mark, call.scratch, user ?? ""],
      environment: ["TMPDIR": "\(call.scratch)/tmp"], forgettingSettings: true
    ).run(giving: JSONWriter.bytes(call.json), remedy: "report it")
    let answer = try? JSONValue(parsing: outcome.output, at: Place("the drill"))
    if let report = answer?["report"].flatMap(DrillReport.init) { return report }
    throw Fault(
      .denied,
      answer?["problem"]?.string ?? "the drill ended with \(outcome.status): \(outcome.lastWord)",
      remedy: answer?["remedy"]?.string ?? "run it again; if that does not help, report it")
  }
}

extension DrillCall {
  fileprivate var json: JSONValue {
    let choice: JSONValue =
      switch epoch {
      case .latest: .null
      case .at(let time): ["at": .string("\(time)")]
      case .named(let name): ["name": .string(name)]
      }
    return [
      "backup": .string(backup), "key": .string(hexText(key)), "scratch": .string(scratch),
      "tools": .string(tools), "epoch": choice, "part": .bool(isPartial),
      "seed": .string("\(seed)"), "damage": damage.map { .string($0.rawValue) } ?? .null,
      "intervals": JSONValue(intervalCount), "threads": JSONValue(threads),
      "run": .string("\(run)"), "now": .string("\(now)"),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let backup = json["backup"]?.string,
      let key = json["key"]?.string.flatMap({ bytes(ofHex: $0) }),
      let scratch = json["scratch"]?.string, let tools = json["tools"]?.string,
      let run = json["run"]?.string.flatMap({ RunID($0) }),
      let now = json["now"]?.string.flatMap({ Timestamp(parsing: $0) })
    else { return nil }
    self.init(backup: backup, key: key, scratch: scratch, tools: tools, run: run, now: now)
    if let time = json["epoch"]?["at"]?.string.flatMap({ Timestamp(parsing: $0) }) {
      epoch = .at(time)
    } else if let name = json["epoch"]?["name"]?.string {
      epoch = .named(name)
    }
    isPartial = json["part"]?.bool ?? false
    seed = json["seed"]?.string.flatMap(UInt64.init) ?? 0
    damage = json["damage"]?.string.flatMap(DrillDamage.init)
    intervalCount = json["intervals"]?.int64 ?? 2
    threads = json["threads"]?.int ?? 1
  }
}
