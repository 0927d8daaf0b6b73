import Core
import Glibc

/// Reads the inputs of a target, one after the other, in the process it is in.
struct Worker {
  let corpus: Corpus
  let options: Fuzz

  init(_ target: Target, _ options: Fuzz) throws(Fault) {
    corpus = try Corpus(target)
    self.options = options
  }

  /// Reads inputs from number `first` on; before each, its number is written to `progress`.
  func run(from first: Int, progress: String) throws {
    let file = open(progress, O_WRONLY | O_CREAT, 0o600)
    guard file >= 0 else {
      throw Fault(.cannotCreate, at: Place(progress), "cannot be written", remedy: "use another")
    }
    Worker.prepare(options)
    for index in first..<max(first, options.runs) {
      let input = corpus.input(index, seed: options.seed)
      var number = UInt64(index)
      pwrite(file, &number, 8, 0)
      // Who has no patience left is ended by the system, wherever it hangs.
      alarm(options.patience)
      try Worker.read(input, corpus.target)
      alarm(0)
    }
  }

  /// Reads one input.
  static func replay(_ target: Target, _ input: [UInt8], _ options: Fuzz) throws {
    prepare(options)
    alarm(options.patience)
    try read(input, target)
  }

  private static func read(_ input: [UInt8], _ target: Target) throws {
    do {
      try target.read(input)
    } catch let fault as Fault where fault.kind != .internal && !fault.problem.isEmpty {
      // The parser says what is wrong with the input, as it should.
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
