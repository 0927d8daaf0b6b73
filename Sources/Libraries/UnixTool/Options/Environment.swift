import ArgumentParser
import Core
import Glibc

/// The value of a variable of the environment; nil when it is unset or empty.
package func environment(_ name: String) -> String? {
  guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
  return value
}

/// The value that a variable of the environment spells; nil when it is unset, or spells none, which
/// `checkEnvironment` tells before any tool begins.
func environmentValue<Value: ExpressibleByArgument>(_ name: String) -> Value? {
  environment(name).flatMap { Value(argument: $0) }
}

/// Throws when a variable that stands for an option has a value that the option would refuse.
func checkEnvironment() throws(Fault) {
  let variables: [(name: String, type: any ExpressibleByArgument.Type, meaning: String)] = [
    ("MEDALLION_LOG_FORMAT", TalkFormat.self, "'text' or 'json'"),
    ("MEDALLION_MEMORY", ByteCount.self, "a size such as '512MiB'"),
    ("MEDALLION_NOW", Timestamp.self, "a time such as '2026-03-01T06:00:00Z'"),
    ("MEDALLION_READERS", Readers.self, "'owner', 'group', 'group:NAME' or 'all'"),
    ("MEDALLION_RUN_ID", RunID.self, "a UUID"),
    ("MEDALLION_THREADS", Int.self, "a number from 1"),
  ]
  for (name, type, meaning) in variables {
    guard let value = environment(name), type.init(argument: value) == nil else { continue }
    throw Fault(.usage, "'\(value)' is not a value of \(name)", remedy: "set it to \(meaning)")
  }
}
