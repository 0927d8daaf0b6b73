import Glibc

extension FaultyFileSystem {
  /// The steps, of so many, that a test stops a run at: all of them with `make soak` (which sets
  /// `SOAK_RUNS`), else one in `share`, from one that chance chooses.
  package static func steps(of count: Int, oneIn share: Int) -> StrideThrough<Int> {
    let isThorough = getenv("SOAK_RUNS") != nil
    let stride = isThorough ? 1 : share
    return Swift.stride(from: Int.random(in: 1...stride), through: count, by: stride)
  }

  /// Tells how many steps `test` tries, where it tries them all.
  package static func tellSteps(of count: Int, _ mode: Mode, in test: String) {
    guard getenv("SOAK_RUNS") != nil else { return }
    print("crash: \(test), \(mode): \(count) steps")
  }
}
