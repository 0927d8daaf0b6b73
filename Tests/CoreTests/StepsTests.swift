import Core
import Testing

@Suite struct StepsTests {
  @Test func `steps are told in their order, with the time of those that take some`() throws {
    var told: [String] = []
    let steps = Steps { told.append($0) }
    let step = steps.begin()
    steps.note("read a.csv")
    step.end("took \(counted(1, "file")) of \(counted(2, "row"))")
    #expect(told.first == "read a.csv")
    let words = try #require(told.last)
    #expect(words.hasPrefix("took 1 file of 2 rows, "))
    #expect(words.contains(#/, \d+\.\d{3} s$/#))
  }

  @Test func `no words are made where nobody hears them`() {
    var count = 0
    func words() -> String {
      count += 1
      return ""
    }
    Steps.silent.note(words())
    Steps.silent.begin().end(words())
    #expect(count == 0)
  }
}
