/// A table of made-up people of one language, and columns beside that look like what they are not.
struct MadeUpTable: Sendable {
  /// A column and what it holds; nil for nothing of people.
  struct Column: Sendable {
    var sample: ColumnSample
    var label: String?
  }

  let locale: String
  private(set) var columns: [Column] = []
  private var random: SplitMix
  private let rowCount: Int
  private let hidesNames: Bool

  /// `hidesNames`: columns are called `c1`, `c2`…, so that values alone must tell.
  init(_ locale: PeopleLocale, rowCount: Int, seed: UInt64, hidesNames: Bool) {
    self.locale = locale.name
    self.rowCount = rowCount
    self.hidesNames = hidesNames
    random = SplitMix(seed)
    addPeople(locale)
    addPlaces(locale)
    addNumbers()
    addWords()
    addTimes()
  }

  private mutating func add(
    _ name: String, _ label: String?, _ kind: ColumnSample.Kind = .text,
    _ value: (inout SplitMix) -> String
  ) {
    let values = (0..<rowCount).map { _ in value(&random) }
    let name = hidesNames ? "c\(columns.count + 1)" : name
    columns.append(Column(sample: ColumnSample(name, kind, values), label: label))
  }

  private static func pick(_ list: [String], _ random: inout SplitMix) -> String {
    list[Int.random(in: 0..<list.count, using: &random)]
  }

  private static func day(_ years: ClosedRange<Int>, _ random: inout SplitMix) -> String {
    func two(_ range: ClosedRange<Int>) -> String {
      let number = Int.random(in: range, using: &random)
      return number < 10 ? "0\(number)" : "\(number)"
    }
    return "\(Int.random(in: years, using: &random))-\(two(1...12))-\(two(1...28))"
  }

  private mutating func addPeople(_ locale: PeopleLocale) {
    let (given, family) = (locale.given, locale.family)
    add(locale.columns[0], "name") { Self.pick(given, &$0) }
    add(locale.columns[1], "name") { Self.pick(family, &$0) }
    add(locale.columns[2], "name") { "\(Self.pick(given, &$0)) \(Self.pick(family, &$0))" }
    add("email", "email") { random in
      let name = "\(Self.pick(given, &random)).\(Self.pick(family, &random))".lowercased()
        .filter(\.isASCII)
      return "\(name)\(Int.random(in: 1...99, using: &random))@example.org"
    }
    add("phone", "phone") { MadeUpNumbers.filled(Self.pick(locale.phones, &$0), &$0) }
    add(locale.columns[4], "birth_date") { Self.day(1938...2007, &$0) }
    add("iban", "iban") {
      MadeUpNumbers.account(locale.account.country, locale.account.digits, &$0)
    }
    add("card_number", "card") { MadeUpNumbers.card(&$0) }
    add("national_id", "national_id") { locale.identifier(&$0) }
    add("pesel", "national_id") { MadeUpNumbers.pesel(&$0) }
    add("bsn", "national_id") { MadeUpNumbers.serviceNumber(&$0) }
    add("nino", "national_id") { MadeUpNumbers.insurance(&$0) }
    add("remarks", "free_text") { random in
      let texts = [
        "please leave it at the door when nobody opens", "asked again about the open invoice",
        "wants the goods exchanged for another colour",
      ]
      let text = Self.pick(texts, &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: return "\(text), write to box\(Int.random(in: 1...999, using: &random))@example.net"
      case 1: return "\(text), tel. \(MadeUpNumbers.filled("+44 20 #### ####", &random))"
      case 2: return "\(text), paid by \(MadeUpNumbers.card(&random))"
      default: return text
      }
    }
  }

  private mutating func addPlaces(_ locale: PeopleLocale) {
    add(locale.columns[3], "address") { locale.streets(&$0) }
    add("client_ip", "ip") { random in
      (0..<4).map { _ in "\(Int.random(in: 1...254, using: &random))" }.joined(separator: ".")
    }
    add("peer", "ip") { random in
      let groups = (0..<7).map { _ in
        String(Int.random(in: 0...0xFFFF, using: &random), radix: 16)
      }
      return "2001:\(groups.joined(separator: ":"))"
    }
    add("latitude", "geo", .number) { "\(Int.random(in: -899_999...899_999, using: &$0))".degrees }
    add("longitude", "geo", .number) {
      "\(Int.random(in: -1_799_999...1_799_999, using: &$0))".degrees
    }
  }

  /// Numbers that are none of people's.
  private mutating func addNumbers() {
    var order = 100_000_000
    add("order_id", nil) { random in
      order += Int.random(in: 1...40, using: &random)
      return "\(order)"
    }
    add("order_no", nil) { "ORD-2026-\(Int.random(in: 100_000...999_999, using: &$0))" }
    for length in [8, 9, 10, 12, 13, 16] {
      add("sku_\(length)", nil) { random in
        MadeUpNumbers.withLuhn(
          "9" + (2..<length).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined())
      }
    }
    add("gtin", nil) { MadeUpNumbers.ean(&$0) }
    add("size", nil, .whole) { "\(Int.random(in: 100_000_000...999_999_999, using: &$0))" }
    add("weight", nil) { "\(Int.random(in: 10_000_000_000...99_999_999_999, using: &$0))" }
    add("price", nil, .number) { random in
      "\(Int.random(in: 1...900, using: &random)).\(Int.random(in: 10...99, using: &random))"
    }
    add("share", nil, .number) { "0.\(Int.random(in: 100_000...999_999, using: &$0))" }
    add("version", nil) { random in
      (0..<4).map { _ in "\(Int.random(in: 0...12, using: &random))" }.joined(separator: ".")
    }
    add("key", nil) { random in
      let text = String(random.next(), radix: 16) + String(random.next(), radix: 16) + "0000"
      let digits = Array(text)
      return [0..<8, 8..<12, 12..<16, 16..<20, 20..<30].map { String(digits[$0]) }
        .joined(separator: "-")
    }
  }

  /// Words that are none of people's.
  private mutating func addWords() {
    let things = ["Anorak", "Kettle", "Ladder", "Mirror", "Radish", "Sandal", "Saucer", "Teapot"]
    let kinds = ["Matte", "Striped", "Folding", "Waterproof", "Roasted", "Vintage"]
    add("product", nil) { random in
      let number = Int.random(in: 2...90, using: &random)
      return "\(Self.pick(kinds, &random)) \(Self.pick(things, &random)) \(number)"
    }
    add("category", nil) { Self.pick(things, &$0) }
    add("status", nil) { Self.pick(["placed", "paid", "shipped", "cancelled"], &$0) }
    add("comment", nil) { random in
      let thing = Self.pick(things, &random).lowercased()
      return "the \(thing) came \(Self.pick(["late", "early"], &random)) "
        + "and was \(Self.pick(["whole", "broken", "dented"], &random)) when unpacked"
    }
    add("currency", nil) { Self.pick(["EUR", "USD", "SEK", "GBP"], &$0) }
  }

  private mutating func addTimes() {
    add("year", nil, .whole) { "\(Int.random(in: 1950...2026, using: &$0))" }
    add("shipped_on", nil) { Self.day(2021...2025, &$0) }
    add("seen_at", nil) {
      "\(Self.day(2020...2025, &$0))T1\(Int.random(in: 0...9, using: &$0)):30:00Z"
    }
    add("epoch", nil, .whole) { "\(Int.random(in: 1_500_000_000...1_770_000_000, using: &$0))" }
  }
}

extension String {
  /// Digits as degrees with four decimals.
  fileprivate var degrees: String {
    let sign = hasPrefix("-") ? "-" : ""
    let digits = sign.isEmpty ? self : String(dropFirst())
    let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(4)).\(padded.suffix(4))"
  }
}
