import Stewardship
import Testing

/// What single columns are taken for, and what they are not.
@Suite struct ColumnClassifierTests {
  private func labels(_ name: String, _ values: [String]) -> [String] {
    ColumnClassifier(year: 2026.5).findings(ColumnSample(name, .text, values)).map(\.label)
  }

  @Test(arguments: [
    ("c", ["123-45-6789", "219-09-9999", "078-05-1120"], "ssn"),
    ("c", ["AB 12 34 56 C", "AB123456C", "JG103759A"], "nino"),
    ("c", ["86095742719", "47036892816", "65929970489"], "steuer_id"),
    ("c", ["2 55 08 14 168 025 38", "195075313068165"], "nir"),
    ("c", ["12345678Z", "X1234567L", "54362315K"], "dni"),
    ("c", ["RCCMNL83S18D969H", "PRNMRN44R12E953H"], "codice_fiscale"),
    ("c", ["111222333", "123456782"], "bsn"),
    ("c", ["44051401359", "83010411457", "87123116221"], "pesel"),
    ("c", ["880320-0016", "811218-9876", "670919-9530"], "personnummer"),
    ("c", ["529.982.247-25", "390.533.447-05"], "cpf"),
    ("c", ["131052-308T", "131052A308T"], "hetu"),
    ("c", ["756.9217.0769.85", "756.1234.5678.97"], "ahv"),
  ])
  func `numbers of persons of many countries are known by their checks`(
    _ plain: String, _ values: [String], _ name: String
  ) {
    #expect(labels(name, values).contains("national_id"), "\(values)")
    let broken = values.map { value in
      String(value.map { $0 == "1" ? "2" : $0 == "2" ? "1" : $0 })
    }
    #expect(labels(plain, broken + (0..<20).map { "\(100_000_000 + 37 * $0)" }) == [])
  }

  @Test func `an account and a card are known by their checks`() {
    #expect(labels("c", ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"]) == ["iban"])
    #expect(labels("c", ["GB82 WEST 1234 5698 7654 33", "DE89370400440532013001"]) == [])
    let cards = [
      "4111111111111111", "5500-0000-0000-0004", "3400 000000 00009", "6011000000000004",
    ]
    #expect(labels("c", cards) == ["card"])
    #expect(labels("sku", (0..<50).map { "\(4_000_000_000_000_000 + 1_000 * $0)" }) == [])
  }

  @Test func `a column may hold two kinds of contact`() {
    let values = (10..<30).flatMap { ["box\($0)@example.org", "+44 20 7946 09\($0)"] }
    #expect(labels("contact", values) == ["email", "phone"])
  }

  @Test func `samples keep the form and tell nothing`() {
    let found = ColumnClassifier(year: 2026.5)
      .findings(ColumnSample("c", .text, ["Ann.Lee@example.org", "bob@example.net"]))
    #expect(found.first?.samples == ["Xxx.Xxx@xxxxxxx.xxx", "xxx@xxxxxxx.xxx"])
  }

  @Test(arguments: [
    (["2026-01-05 10:11:12", "2026-02-06 10:11:13"]), (["1.2.3.4", "1.2.10.4"]),
    (["4006381333931", "4006381333948"]), (["1999", "2004"]), (["12.50", "3.99"]),
    (["550e8400-e29b-41d4-a716-446655440000"]), (["978-3-16-148410-0", "978-0-306-40615-7"]),
    (["red", "green"]), (["ORD-2026-000123", "ORD-2026-000124"]), (["@handle", "me@localhost"]),
  ])
  func `what looks alike is left alone`(_ values: [String]) {
    #expect(labels("c", values) == [])
  }
}
