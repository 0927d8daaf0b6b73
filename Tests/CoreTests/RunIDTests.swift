import Core
import TestSupport
import Testing

@Suite struct RunIDTests {
  @Test func `an identity bears its time, version and variant`() throws {
    // The example of RFC 9562, appendix A.6.
    let time = Timestamp(microseconds: 0x017F_22E2_79B0 * 1_000)
    var random = SeededRandom(1)
    let text = RunID(at: time, using: &random).description
    #expect(text.hasPrefix("017f22e2-79b0-7"))
    #expect(text.utf8.count == 36)
    #expect("89ab".contains(try #require(text.split(separator: "-")[3].first)))
  }

  @Test func `text leads back to the identity`() {
    let text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    #expect(RunID(text)?.description == text)
    #expect(RunID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")?.description == text)
    for wrong in [
      "", "017f22e2", text + "0", text.replacing("f", with: "g"), text.dropLast() + "-",
    ] {
      #expect(RunID(wrong) == nil)
    }
  }

  @Test func `later identities sort after earlier ones`() {
    var random = SeededRandom(2)
    let early = RunID(at: Timestamp(microseconds: 5_000_000), using: &random)
    let late = RunID(at: Timestamp(microseconds: 5_002_000), using: &random)
    #expect(early < late)
    #expect(early.description < late.description)
  }

  @Test func `a name has one identity`() {
    #expect(RunID(naming: "silver.sales") == RunID(naming: "silver.sales"))
    #expect(RunID(naming: "silver.sales") != RunID(naming: "silver.sale"))
    let text = RunID(naming: "x").description
    #expect(RunID(text)?.description == text)
    #expect(Array(text)[14] == "8")
  }
}
