import Core
import TestSupport
import Testing

@Suite struct FieldNamesTests {
  private func match(_ columns: [String], _ fields: [String]) -> String {
    let match = FieldNames(columns).match(fields)
    let positions = match.positions.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ")
    let contested = match.contested.map { "\(columns[$0.column])=\($0.fields)" }
    return ([positions] + match.strangers.map { "?\($0)" } + contested).joined(separator: ", ")
  }

  @Test func `the very name counts before one that is like it`() {
    #expect(match(["discount"], ["Discount %", "Discount"]) == "1, ?0")
    #expect(match(["discount"], ["Discount %"]) == "0")
    #expect(match(["price"], ["PRICE", "price"]) == "1, ?0")
    #expect(match(["price"], ["P-rice", "PRICE"]) == "1, ?0")
    #expect(match(["unit_price", "sku"], ["SKU", "Unit Price"]) == "1 0")
  }

  @Test func `of two with an equal claim neither counts`() {
    #expect(match(["sku", "price"], ["sku", "price", "price"]) == "0 -, price=[1, 2]")
    #expect(match(["price"], ["Price", "PRICE"]) == "-, price=[0, 1]")
    #expect(match(["price"], ["pri ce", "pri-ce"]) == "-, price=[0, 1]")
  }

  @Test func `a field that is like two columns is neither`() {
    #expect(match(["a_b", "ab"], ["A B"]) == "- -, ?0")
    #expect(match(["a_b", "ab"], ["A_B"]) == "0 -")
    #expect(match(["%", "#"], ["$"]) == "- -, ?0")
  }

  @Test func `accents are the same however they are composed`() {
    #expect(match(["größe"], ["Gro\u{308}ße"]) == "0")
    #expect(match(["prix_é"], ["Prix (e\u{301})"]) == "0")
    #expect(match(["prix_é"], ["Prix (e)"]) == "-, ?0")
  }

  @Test(arguments: 1...200)
  func `each field is a column, a stranger or contested, whatever the order`(_ seed: Int) {
    var random = SeededRandom(UInt64(seed))
    let names = ["price", "Price", "PRICE", "pri_ce", "unit price", "unit_price", "x", "%"]
    let fields = (0..<Int.random(in: 0...6, using: &random)).map { _ in
      names.randomElement(using: &random)!
    }
    let columns = ["price", "unit_price", "x"]
    let match = FieldNames(columns).match(fields)
    let told =
      match.positions.compactMap { $0 } + match.strangers + match.contested.flatMap(\.fields)
    #expect(told.sorted() == Array(fields.indices), "seed \(seed): \(fields)")
    let shuffled = fields.shuffled(using: &random)
    let other = FieldNames(columns).match(shuffled)
    #expect(
      match.positions.map { $0.map { fields[$0] } }
        == other.positions.map { $0.map { shuffled[$0] } }, "seed \(seed): \(fields)")
  }
}
