import Core
import LakeJobs
import Operations
import Runs
import UnixTool

extension RunDesk {
  /// One run: its row, tries and parts, what it read and wrote, and its log.
  func show() throws -> String {
    guard let name = names.first, names.count == 1 else {
      throw Fault(.usage, "one run is to be named", remedy: "see 'runs list'")
    }
    let run = try named(name)
    var table = ReportTable(["what", "value"])
    table.rows = try facts(of: run).compactMap { name, value in value.map { [name, $0] } }
    guard report.format == .text else { return table.text(report) }
    var log = ""
    if let path = run.log.map({ "\(lake.root)/\($0)" }), try lake.fileSystem.exists(path) {
      log = "\n" + shownLines(String(decoding: try lake.fileSystem.read(path), as: UTF8.self))
    }
    return table.text(report) + log
  }

  private func facts(of run: RunRow) throws -> [(String, String?)] {
    let ledger = try kept()
    var facts: [(String, String?)] = [
      ("run", run.runID), ("job", run.job), ("state", ledger.state(of: run).rawValue),
      ("part of", run.parentRunID), ("interval", run.interval?.description),
      ("local", run.interval.flatMap { schedule.jobs[run.job]?.calendar?.localText(of: $0) }),
      ("command", run.command.joined(separator: " ")), ("started", run.startedAt.ledgerText),
      ("ended", run.endedAt?.ledgerText), ("exit", run.exitStatus.map(String.init)),
      ("signal", run.signal.map(String.init)), ("cause", run.cause),
      ("seconds", run.amounts.wallMicroseconds.map(seconds)),
      ("cpu seconds", run.amounts.cpuMicroseconds.map(seconds)),
      ("peak memory", run.amounts.peakBytes.map { bytesText(Double($0)) }),
      ("rows in", run.amounts.rowsIn.map(String.init)),
      ("rows out", run.amounts.rowsOut.map(String.init)),
      ("bytes in", run.amounts.bytesIn.map(String.init)),
      ("bytes out", run.amounts.bytesOut.map(String.init)), ("host", run.host),
      ("build", run.build), ("code", run.codeDigest), ("log", run.log),
    ]
    for one in try ledger.tries(of: run.runID) where run.tries > 1 {
      facts.append(
        (
          "try \(one.number)",
          "\(one.startedAt.ledgerText), after \(seconds(one.delayMicroseconds)) s: "
            + (one.exitStatus.map { "exit \($0)" } ?? "no end")
        ))
    }
    for (name, version) in run.versionsIn.sorted(by: { $0.key < $1.key }) {
      facts.append(("read", "\(name) version \(version)"))
    }
    for (name, version) in run.versionsOut.sorted(by: { $0.key < $1.key }) {
      facts.append(("wrote", "\(name) version \(version)"))
    }
    for part in try ledger.parts(of: run) {
      facts.append(("part", "\(part.runID) \(part.job): \(ledger.state(of: part).rawValue)"))
    }
    return facts
  }

  /// What decided when the last night was over, and what will.
  func path() throws -> String {
    let ledger = try kept()
    let job = choice.job ?? names.first
    let wholes = try ledger.runs(job: job, limit: 5_000).filter { $0.parentRunID == nil }
    var found = wholes.first
    if job == nil {
      for run in wholes where try !ledger.parts(of: run).isEmpty {
        found = run
        break
      }
    }
    guard let whole = found else {
      throw Fault(.missing, "there is no run of it", remedy: "see 'runs list'")
    }
    let path = try CriticalPath(of: whole, in: ledger, at: now)
    var table = ReportTable(["job", "started", "state", "seconds", "usual"], numbers: [3, 4])
    for step in path.steps {
      table.rows.append([
        step.run.job, step.run.startedAt.ledgerText, ledger.state(of: step.run).rawValue,
        seconds(step.took), seconds(step.usual),
      ])
    }
    guard report.format == .text else { return table.text(report) }
    var lines = ["\(whole.job), run \(whole.runID), started \(whole.startedAt.ledgerText)"]
    if let end = whole.endedAt {
      lines.append("ended \(end.ledgerText)")
      let next = now.adding(microseconds: Int64(path.usual))
      lines.append(
        "usually takes \(seconds(path.usual)) s: started now, it ends "
          + "\(next?.ledgerText ?? "never")")
    } else {
      lines.append("expected to end \(path.expectedEnd?.ledgerText ?? "never")")
    }
    if let longest = path.longest {
      lines.append(
        "\(longest.run.job) would shorten it most: it usually takes \(seconds(longest.usual)) s")
    }
    return lines.map { shown($0) + "\n" }.joined() + "\n" + table.text(report)
  }

  /// What runs short, and when.
  func fit() throws -> String {
    var fit = Fit()
    if let ledger {
      try fit.add(
        ledger, schedule, night: choice.night?.duration ?? .seconds(8 * 3_600),
        memory: Fit.machineMemory)
    }
    if let free = Fit.freeBytes(lake.root) {
      fit.add(
        try TableGrowth.of(lake: lake.root, days: 30, at: now, lake.fileSystem), free: free)
    }
    var table = ReportTable(["resource", "name", "now", "per_day", "limit", "reached"])
    for entry in fit.entries {
      let isTime = entry.resource == .time
      let text: (Double) -> String = { value in
        isTime ? "\(seconds(Int(value))) s" : bytesText(value)
      }
      table.rows.append([
        entry.resource.rawValue, entry.name, text(entry.trend.level), text(entry.trend.perDay),
        text(entry.limit), entry.reached.map { "\($0.date)" } ?? "not in sight",
      ])
    }
    return table.text(report)
  }
}
