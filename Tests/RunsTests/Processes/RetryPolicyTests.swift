import Core
import Runs
import Testing

@Suite struct RetryPolicyTests {
  @Test func `waits double up to the cap, and no try is too many`() {
    let policy = RetryPolicy()
    let seconds = [1, 2, 3, 4, 8, 9, 1_000, Int.max].map { policy.fullDelay(before: $0) }
    #expect(
      seconds == [0, 30, 60, 120, 1_800, 1_800, 1_800, 1_800].map { .seconds($0) })
  }

  @Test func `a great factor and a great base end at the cap`() {
    var policy = RetryPolicy()
    policy.base = .seconds(1_000_000_000)
    policy.factor = 1_000
    policy.cap = .seconds(1_000_000_000)
    #expect(policy.fullDelay(before: 1_000) == .seconds(1_000_000_000))
    policy.factor = 1
    policy.base = .seconds(2)
    #expect(policy.fullDelay(before: .max) == .seconds(2))
  }

  @Test(arguments: 2...40)
  func `a wait is half of the full one to all of it, and the same each time it is asked for`(
    _ number: Int
  ) {
    let policy = RetryPolicy()
    let full = policy.fullDelay(before: number)
    let delays = (0..<50).map { policy.delay(before: number, of: "run \($0)") }
    #expect(delays.allSatisfy { $0 >= full / 2 && $0 <= full })
    #expect(Set(delays).count > 40)
    #expect(delays == (0..<50).map { policy.delay(before: number, of: "run \($0)") })
  }

  @Test func `only 75 is tried again, and 137 once`() {
    let policy = RetryPolicy()
    let again = (0...255).filter { policy.triesAgain(after: $0, number: 1, killedBefore: 0) }
    #expect(again == [75, 137])
    #expect(!policy.triesAgain(after: 137, number: 2, killedBefore: 1))
    #expect(!policy.triesAgain(after: 75, number: 5, killedBefore: 0))
  }
}
