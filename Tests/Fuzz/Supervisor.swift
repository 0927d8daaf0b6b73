import Core
import Glibc
import TestSupport

/// Lets workers read the inputs of a target, and keeps those that ended one.
struct Supervisor {
  /// A target with so many findings is left: one mistake has many inputs.
  private static let findingLimit = 10

  let options: Fuzz

  /// Runs a target to its end; returns how many findings there were.
  func run(_ target: Target) throws -> Int {
    let folder = Workdir()
    let progress = folder.file("progress")
    let start = ContinuousClock.now
    var first = 0
    var count = 0
    var acceptedCount = 0
    while first < options.runs && count < Self.findingLimit {
      let worker = try ToolRun(
        program: Self.program, arguments(target, first, progress),
        environment: Self.environment)
      let state = Self.progress(in: progress)
      acceptedCount += Int(state?.acceptedCount ?? 0)
      guard worker.status != 0 else {
        first = options.runs
        break
      }
      guard let index = state.map({ Int($0.index) }), index >= first else {
        throw Fault(
          .internal, at: Place(target.name), "the worker does not start: \(worker.talk)",
          remedy: "run 'fuzz \(target.name) --first 0 --progress FILE'")
      }
      count += 1
      try keep(target, index, worker)
      first = index + 1
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let time = "\(Int(seconds * 10) / 10).\(Int(seconds * 10) % 10) s"
    say(
      "\(target.name): \(min(first, options.runs)) inputs, \(acceptedCount) read to the end, "
        + "\(count) findings, \(time)")
    return count
  }

  private func arguments(_ target: Target, _ first: Int, _ progress: String) -> [String] {
    [
      target.name, "--seed", "\(options.seed)", "--runs", "\(options.runs)",
      "--patience", "\(options.patience)", "--memory", "\(options.memory)",
      "--first", "\(first)", "--progress", progress,
    ] + (options.attacks ? ["--attacks"] : [])
  }

  /// Makes the input that ended a worker again, keeps it with what the worker said, and tells.
  private func keep(_ target: Target, _ index: Int, _ worker: ToolRun) throws {
    let input = try Corpus(target, withAttacks: options.attacks).input(index, seed: options.seed)
    let path = "\(options.findings)/\(target.name)-\(options.seed)-\(index)"
    try LocalFileSystem().replace(path, input)
    try LocalFileSystem().replace("\(path).txt", Array(worker.talk.utf8))
    say("\(target.name): input \(index) \(Self.end(worker.status)): \(path)")
    let lines = worker.talk.split(separator: "\n")
    let line = lines.first { $0.lowercased().contains("error: ") } ?? lines.first
    if let line { say("  \(line)") }
  }

  private static func end(_ status: Int) -> String {
    switch status {
    case 128 + Int(SIGALRM): "takes too long"
    case 129...: "ends by signal \(status - 128)"
    default: "ends with status \(status)"
    }
  }

  /// What a worker last said; nil when it said nothing.
  private static func progress(in path: String) -> Progress? {
    guard let bytes = try? LocalFileSystem().read(path),
      bytes.count == MemoryLayout<Progress>.size
    else { return nil }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: Progress.self) }
  }

  /// A trace of calls takes longer than an input may; `--replay` gives it. The worker's corpus is
  /// this process's.
  private static var environment: [String: String] {
    var environment = ["SWIFT_BACKTRACE": "enable=no"]
    if let folder = getenv("MEDALLION_CONFORMANCE") {
      environment["MEDALLION_CONFORMANCE"] = String(cString: folder)
    }
    return environment
  }

  /// This program.
  private static let program: String = {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    return String(
      decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}
