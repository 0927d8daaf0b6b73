import Stewardship
import Testing

@Suite struct ClassifierRehearsalTests {
  @Test(arguments: 1...3)
  func `labels of people of six languages are found, and decoys are left alone`(_ seed: UInt64) {
    let rehearsal = ClassifierRehearsal(seed: seed)
    #expect(rehearsal.isGood, "seed \(seed): \(rehearsal.mistakes)")
    #expect(rehearsal.columnCount > 400 && rehearsal.decoyCount > 200)
    #expect(
      Set(rehearsal.scores.keys).isSuperset(of: [
        "email", "phone", "name", "address", "birth_date", "iban", "card", "national_id", "ip",
        "geo", "free_text",
      ]))
  }
}
