import Core
import Operations
import Runs
import TestSupport
import Testing

@Suite struct BackfillPlanTests {
  private func plan(newestFirst: Bool = false) throws -> BackfillPlan {
    let days = try ["2026-03-01", "2026-03-02"].map { try #require(RunInterval($0)) }
    var plan = BackfillPlan(id: "b1", madeAt: .ofTests)
    plan.add(
      [
        .init(
          "silver.sales", inputs: ["bronze.sales"],
          intervals: [(nil, "stale", ["bronze2silver", "silver.sales"])]),
        .init(
          "gold.sales", inputs: ["silver.sales"],
          intervals: days.map { ($0, "missing", ["silver2gold", "gold.sales"]) }),
        .init(
          "gold.daily", inputs: ["gold.sales"],
          intervals: days.map { ($0, "failed", ["silver2gold", "gold.daily"]) }),
        .init(
          "warehouse.fact", inputs: ["gold.sales", "gold.daily"],
          intervals: [(nil, "stale", ["load-facts", "warehouse.fact"])]),
      ], newestFirst: newestFirst)
    return plan
  }

  @Test func `a step waits for its inputs of the same interval, the last one for all`() throws {
    let plan = try plan()
    #expect(plan.steps.map(\.after) == [[], [1], [1], [2], [3], [2, 3, 4, 5]])
    #expect(plan.steps[1].interval?.text.hasPrefix("2026-03-01") == true)
  }

  @Test func `the newest day comes first when it is to`() throws {
    let plan = try plan(newestFirst: true)
    #expect(plan.steps[1].interval?.text.hasPrefix("2026-03-02") == true)
    #expect(plan.steps.map(\.after) == [[], [1], [1], [2], [3], [2, 3, 4, 5]])
  }

  @Test func `what is read is what was written`() throws {
    let plan = try plan()
    #expect(try BackfillPlan(plan.text, at: "plan") == plan)
  }

  @Test func `half a plan, and one that was turned round, are refused`() throws {
    let text = try plan().text
    let lines = text.split(separator: "\n").map { "\($0)\n" }
    let bad = [
      "", "{}\n", lines.dropLast().joined(), String(text.dropLast()),
      ([lines[0], lines[2], lines[1]] + lines[3...]).joined(),
      text.replacing("\"after\":[1]", with: "\"after\":[7]"),
      text.replacing("gold.sales", with: "../x"),
    ]
    for text in bad {
      #expect(throws: Fault.self, "\(text)") { try BackfillPlan(text, at: "plan") }
    }
  }
}
