import ArgumentParser
import Core
import Glibc

/// The value of a variable of the environment; nil when it is unset or empty. One that is no UTF-8
/// may be the name of a file, and is written as `pathText` does.
package func environment(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(validatingCString: value)
    ?? pathText(UnsafeRawBufferPointer(start: value, count: strlen(value)))
}

/// Who runs the tool: as the environment says, for sudo the one who called it, else as the system
/// knows the account.
package func userName() -> String {
  environment("SUDO_USER") ?? environment("USER") ?? environment("LOGNAME") ?? accountName()
}

/// The account that the tool runs under, as the system knows it, whatever the environment says.
package func accountName() -> String {
  let account = getuid()
  guard let entry = getpwuid(account), let name = entry.pointee.pw_name else {
    return "user \(account)"
  }
  return String(cString: name)
}

/// The value that a variable of the environment spells; nil when it is unset, or spells none, which
/// `checkEnvironment` tells before any tool begins.
func environmentValue<Value: ExpressibleByArgument>(_ name: String) -> Value? {
  environment(name).flatMap { Value(argument: $0) }
}

/// What the variables of ours begin with.
private let mark = "MEDALLION_"

/// The variables of ours that mean something, without their beginning; those of tests are among
/// them.
private let variables = KnownNames(
  "a setting of these tools",
  [
    "LAKE", "JOBS", "KEYS", "WAREHOUSE", "MEMORY", "SPILL", "THREADS", "READERS", "NOW", "RUN_ID",
    "PARENT_RUN", "TALK", "ROLE", "CLOCK", "INTERVAL", "BACKUP", "BACKUP_KEY", "LOG_FORMAT",
    "CONFORMANCE", "SPEED_ROWS", "BIN",
  ], families: ["SECRET_"])

/// What is wrong with variables that look like ours and that nobody reads.
func strayVariables() -> [Fault] {
  var names: [String] = []
  var entry = environ
  while let text = entry.pointee.map({ String(cString: $0) }) {
    if text.hasPrefix(mark) {
      let name = text.dropFirst(mark.utf8.count).prefix { $0 != "=" }
      if !variables.contains(String(name)) { names.append(String(name)) }
    }
    entry += 1
  }
  return names.sorted().map { name in
    Fault(
      .usage, "the environment sets \(mark)\(name), which no tool reads",
      remedy: variables.nearest(to: name).map { "did you mean \(mark)\($0)?" } ?? "unset it")
  }
}

/// Throws when a variable that stands for an option has a value that the option would refuse.
func checkEnvironment() throws(Fault) {
  let variables: [(name: String, type: any ExpressibleByArgument.Type, meaning: String)] = [
    ("MEDALLION_LOG_FORMAT", TalkFormat.self, "'text' or 'json'"),
    ("MEDALLION_MEMORY", ByteCount.self, "a size such as '512MiB'"),
    ("MEDALLION_NOW", Timestamp.self, "a time such as '2026-03-01T06:00:00Z'"),
    ("MEDALLION_PARENT_RUN", ParentRun.self, "a job and a UUID, as run-job does"),
    ("MEDALLION_READERS", Readers.self, "'owner', 'group', 'group:NAME' or 'all'"),
    ("MEDALLION_RUN_ID", RunID.self, "a UUID"),
    ("MEDALLION_SPILL", ByteCount.self, "a size such as '10GiB'"),
    ("MEDALLION_THREADS", Int.self, "a number from 1"),
  ]
  for (name, type, meaning) in variables {
    guard let value = environment(name), type.init(argument: value) == nil else { continue }
    throw Fault(.usage, "'\(value)' is not a value of \(name)", remedy: "set it to \(meaning)")
  }
}
