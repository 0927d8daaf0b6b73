import Core
import Glibc

extension Target {
  /// Behaves as badly as a parser can, so that a test can see that each way is found.
  static let selfTest = Target(
    name: "self-test", meaning: "what the harness must find", corpus: [.own("self-test")],
    isForAll: false
  ) { input in
    switch String(decoding: input, as: UTF8.self) {
    case "trap": _ = input[input.count]
    case "hang": while true { sched_yield() }
    case "eat":
      var rooms: [UnsafeMutableRawPointer] = []
      while let room = malloc(64 << 20) { rooms.append(room) }
      abort()
    case "disagree": throw Disagreement("two readings differ")
    case "internal": throw Fault(.internal, "an invariant broke", remedy: "mend it")
    case "refuse": throw Fault(.data, "not as it should be", remedy: "mend it")
    default: break
    }
  }
}
