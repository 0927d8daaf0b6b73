import Columnar
import Core
import Testing
import TextFormats

@Suite struct TextTableTests {
  private let batch: Batch = {
    let names = ColumnBuilder(.string)
    let amounts = ColumnBuilder(.decimal(precision: 12, scale: 2))
    for (name, amount) in [("Anna", 1_250), ("Zoë\n", -5)] {
      names.append(.string(name))
      amounts.append(.decimal(Decimal(unscaled: Int128(amount), scale: 2)))
    }
    names.appendNull()
    amounts.appendNull()
    return Batch(
      Schema([Field("name", .string), Field("amount", amounts.type)]),
      [names.finish(), amounts.finish()], rowCount: 3)
  }()

  @Test func `numbers stand right, texts left, NULL by its name`() {
    #expect(
      TextTable(batch).text == """
        name   amount
        -----  ------
        Anna    12.50
        Zoë\\n   -0.05
        NULL     NULL

        """)
  }

  @Test func `long texts are cut where that is asked for`() {
    #expect(TextTable(batch, widestCell: 3).text(margin: "> ").hasPrefix("> name  amount\n"))
    #expect(TextTable(batch, widestCell: 3).text.contains("An…"))
  }

  @Test func `the writer gives the same, and a head without rows`() throws {
    var bytes: [UInt8] = []
    let writer = TextTableWriter(batch.schema) { bytes += $0 }
    try writer.append(batch)
    try writer.finish()
    #expect(String(decoding: bytes, as: UTF8.self) == TextTable(batch).text)
    bytes = []
    try TextTableWriter(batch.schema) { bytes += $0 }.finish()
    #expect(String(decoding: bytes, as: UTF8.self) == "name  amount\n----  ------\n")
  }

  @Test func `rows behind the first thousand keep the columns`() throws {
    var bytes: [UInt8] = []
    let writer = TextTableWriter(batch.schema) { bytes += $0 }
    for _ in 0..<700 { try writer.append(batch) }
    try writer.finish()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 2_102)
    #expect(Set(lines.map(\.count)) == [13])
  }
}
