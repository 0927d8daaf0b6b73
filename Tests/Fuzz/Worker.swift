import Core
import Glibc

/// What a worker tells of itself.
struct Progress {
  /// The number of the input that it reads.
  var index: UInt64
  /// How many inputs it has read that were not refused.
  var acceptedCount: UInt64
}

/// Reads the inputs of a target, one after the other, in the process it is in.
struct Worker {
  let corpus: Corpus
  let options: Fuzz

  init(_ target: Target, _ options: Fuzz) throws(Fault) {
    corpus = try Corpus(target, withAttacks: options.attacks)
    self.options = options
  }

  /// Reads inputs from number `first` on; before each, its number is written to `progress`, and
  /// behind it how many were not refused.
  func run(from first: Int, progress: String) throws {
    let file = open(progress, O_WRONLY | O_CREAT, 0o600)
    guard file >= 0 else {
      throw Fault(.cannotCreate, at: Place(progress), "cannot be written", remedy: "use another")
    }
    Worker.prepare(options)
    var state = Progress(index: 0, acceptedCount: 0)
    for index in first..<max(first, options.runs) {
      let input = corpus.input(index, seed: options.seed)
      state.index = UInt64(index)
      pwrite(file, &state, MemoryLayout<Progress>.size, 0)
      // Who has no patience left is ended by the system, wherever it hangs.
      alarm(options.patience)
      if try Worker.refusal(of: input, by: corpus.target) == nil { state.acceptedCount += 1 }
      alarm(0)
    }
    pwrite(file, &state, MemoryLayout<Progress>.size, 0)
  }

  /// Reads one input.
  static func replay(_ target: Target, _ input: [UInt8], _ options: Fuzz) throws {
    prepare(options)
    alarm(options.patience)
    say(try refusal(of: input, by: target).map { "refused: \($0)" } ?? "read to the end")
  }

  /// The fault by which the target refuses the input, if it does; all else is thrown on.
  private static func refusal(of input: [UInt8], by target: Target) throws -> Fault? {
    do {
      try target.read(input)
      return nil
    } catch let fault as Fault where fault.kind != .internal && !fault.problem.isEmpty {
      return fault
    }
  }

  /// Sees to it that the process ends when an input takes too much time or memory.
  private static func prepare(_ options: Fuzz) {
    // Whoever started this process may have blocked the alarm, and handed that on.
    var alarms = sigset_t()
    sigemptyset(&alarms)
    sigaddset(&alarms, SIGALRM)
    sigprocmask(SIG_UNBLOCK, &alarms, nil)
    signal(SIGALRM, SIG_DFL)
    guard options.memory > 0 else { return }
    var limit = rlimit(rlim_cur: options.memory << 20, rlim_max: options.memory << 20)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }
}
