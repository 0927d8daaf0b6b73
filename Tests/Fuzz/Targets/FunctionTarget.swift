import Core
import Glibc
import TestSupport

extension Target {
  /// Each input is many calls; the call that ends a process is told by `CallAtHand`.
  static let functionCalls = Target(
    name: "function-calls", meaning: "functions, operators and casts over values at their ends",
    corpus: [], given: FunctionCalls.names, grammar: FunctionCalls.input
  ) { input in
    CallAtHand.isToldAtTheEnd()
    var calls = try FunctionCalls(String(decoding: input, as: UTF8.self))
    try calls.visit { call in
      CallAtHand.set(call.sql)
      if case .fault(let fault) = try call.outcome(), fault.kind == .internal { throw fault }
    }
  }
}

extension FunctionCalls {
  /// Says what comes of each call of inputs 0 to `count` - 1, a line of JSON each.
  static func show(_ count: Int, seed: UInt64, names: [String]) throws {
    CallAtHand.isToldAtTheEnd()
    let corpus = try Corpus(.functionCalls, withAttacks: false)
    for index in 0..<count {
      let input = String(decoding: corpus.input(index, seed: seed), as: UTF8.self)
      guard names.isEmpty || names.contains(where: { input.split(separator: " ").first == $0[...] })
      else { continue }
      var calls = try FunctionCalls(input)
      try calls.visit { call in
        CallAtHand.set(call.sql)
        print(try call.outcome().line(call))
      }
    }
  }
}

/// The call that a process is about to make, for whoever asks which one ended it.
enum CallAtHand {
  /// Only one thread makes calls, and what a signal reads must not be behind a lock.
  nonisolated(unsafe) private static let text: UnsafeMutablePointer<CChar> = {
    let room = UnsafeMutablePointer<CChar>.allocate(capacity: 1_024)
    room.initialize(repeating: 0, count: 1_024)
    return room
  }()

  static func set(_ call: String) {
    let line = "error: the call at hand is \(call)"
    strncpy(text, line, 1_022)
    text[min(line.utf8.count, 1_022)] = 10
    text[min(line.utf8.count, 1_022) + 1] = 0
  }

  /// From now on a signal that ends the process first has the call written.
  static func isToldAtTheEnd() {
    text[0] = 0
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
      signal(number) { number in
        write(2, CallAtHand.text, strlen(CallAtHand.text))
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }
}
