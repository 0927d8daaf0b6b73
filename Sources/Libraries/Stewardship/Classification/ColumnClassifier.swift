/// Says what a column holds, from the form and the checks of its values, and from how they are
/// spread. The column's name is weak evidence: it helps where values alone may be two things.
package struct ColumnClassifier: Sendable {
  /// The year that it is, with its fraction: what was born is not of the future.
  let year: Double

  package init(year: Double) { self.year = year }

  /// What a column seems to hold; nothing where nothing speaks for it. `isOfPeople`: other columns
  /// of the table hold something of people.
  package func findings(_ sample: ColumnSample, isOfPeople: Bool = false) -> [ColumnFinding] {
    let texts = Array(sample.distinct.prefix(2_000))
    guard !texts.isEmpty else { return [] }
    let column = Column(sample: sample, texts: texts, isOfPeople: isOfPeople)
    for rule in Self.rules(for: sample.kind) {
      if let found = rule(self)(column) { return [weighed(found, column)] }
    }
    guard sample.kind == .text else { return [] }
    let mixed = contacts(column)
    return (mixed.isEmpty ? [freeText(column)].compactMap { $0 } : mixed)
      .map { weighed($0, column) }
  }

  private typealias Rule = (ColumnClassifier) -> (Column) -> ColumnFinding?

  /// What a column of a kind may hold, the surest first.
  private static func rules(for kind: ColumnSample.Kind) -> [Rule] {
    switch kind {
    case .date: [birthDate]
    case .number: [position]
    case .whole: [identifier, card, phone, birthDate]
    case .text:
      [
        email, iban, network, identifier, card, birthDate, position, phone, postalCode, address,
        name, city,
      ]
    }
  }

  /// A column in question.
  struct Column {
    let sample: ColumnSample
    let texts: [String]
    let isOfPeople: Bool

    func isCalled(_ hints: Set<String>) -> Bool { sample.isCalled(hints) }

    /// Whether it speaks of what is counted, sold or sent.
    var isOfThings: Bool { isCalled(ColumnHints.things) }
  }

  /// Few values are less evidence.
  private func weighed(_ finding: ColumnFinding, _ column: Column) -> ColumnFinding {
    var finding = finding
    let count = Double(column.texts.count)
    finding.confidence = (finding.confidence * (count + 1) / (count + 2) * 100).rounded() / 100
    return finding
  }

  private func email(_ column: Column) -> ColumnFinding? {
    let (share, texts) = column.texts.matching { EmailForm.matches($0) }
    let least = column.isCalled(ColumnHints.email) ? 0.5 : 0.8
    guard share >= least else { return nil }
    return ColumnFinding("email", share, "form of an e-mail address", share: share, matches: texts)
  }

  private func iban(_ column: Column) -> ColumnFinding? {
    let (share, texts) = column.texts.matching { AccountForm.isIBAN($0) }
    guard share >= 0.8 else { return nil }
    return ColumnFinding(
      "iban", share, "length and check digits of an IBAN", share: share, matches: texts)
  }

  private func network(_ column: Column) -> ColumnFinding? {
    let octets = column.texts.map { NetworkForm.octets($0) }
    let fours = octets.compactMap { $0 }
    let (share, texts) = column.texts.matching {
      NetworkForm.octets($0) != nil || NetworkForm.isVersion6($0)
    }
    guard share >= 0.9 else { return nil }
    // Versions of programs have four numbers too, small ones.
    let large = fours.filter { $0.max() ?? 0 > 99 }.count
    guard fours.isEmpty || column.isCalled(ColumnHints.ip) || large * 2 > fours.count else {
      return nil
    }
    return ColumnFinding(
      "ip", share, "address of the Internet Protocol", share: share, matches: texts)
  }

  private func identifier(_ column: Column) -> ColumnFinding? {
    let texts = column.texts.map { $0.uppercased().filter { $0 != "\u{A0}" } }
    let isCalled = column.isCalled(NationalScheme.hints)
    var names: Set<String> = []
    let (share, found) = texts.matching { text in
      let scheme = NationalScheme.all.first { scheme in
        scheme.trust == .strong && scheme.isValid(text)
      }
      if let scheme { names.insert(scheme.name) }
      return scheme != nil
    }
    if share >= 0.95 || isCalled && share >= 0.8 {
      let enough = texts.count >= 8 || isCalled || column.isOfPeople
      guard enough, !(column.isOfThings && !isCalled && texts.count < 30) else { return nil }
      let rule = names.sorted().prefix(3).joined(separator: ", ")
      return ColumnFinding(
        "national_id", share, "form and check of \(rule)", share: share, matches: found)
    }
    // Its areas have gaps, which numbers that were made up do not know.
    let hyphened = texts.matching { text in
      text.split(separator: "-", omittingEmptySubsequences: false).map(\.count) == [3, 2, 4]
    }
    if hyphened.share >= 0.98, share >= 0.8, texts.count >= 10, !column.isOfThings {
      return ColumnFinding("national_id", share, "form of US SSN", share: share, matches: found)
    }
    for scheme in NationalScheme.all where scheme.trust != .strong {
      let (share, found) = texts.matching(scheme.isValid)
      let isMeant = column.isCalled(scheme.hints) || isCalled
      guard isMeant ? share >= 0.9 : scheme.trust == .alone && share >= 0.98 && texts.count >= 20
      else { continue }
      return ColumnFinding(
        "national_id", share * (isMeant ? 1 : 0.9), "form and check of \(scheme.name)",
        share: share,
        matches: found)
    }
    return nil
  }

  private func card(_ column: Column) -> ColumnFinding? {
    let digits = column.texts.compactMap { AccountForm.cardDigits($0) }
    guard Double(digits.count) >= 0.9 * Double(column.texts.count) else { return nil }
    let cards = digits.filter(AccountForm.isCard)
    let share = Double(cards.count) / Double(column.texts.count)
    guard share >= 0.95 else { return nil }
    let retail = digits.filter { [8, 12, 13, 14].contains($0.count) && Digits.isEAN($0) }.count
    guard retail * 10 < digits.count * 9, !countsUp(digits) else { return nil }
    let issuers = Set(cards.compactMap { AccountForm.issuer(of: $0) }).count
    let isCalled = column.isCalled(ColumnHints.card)
    guard isCalled || !column.isOfThings || issuers >= 3, isCalled || cards.count >= 4 else {
      return nil
    }
    return ColumnFinding(
      "card", share, "range of an issuer and check of Luhn", share: share, matches: column.texts)
  }

  /// Whether most numbers lie close behind another, as those that are given out in order do.
  private func countsUp(_ digits: [[Int]]) -> Bool {
    let numbers = digits.map { Digits.number($0) }.sorted()
    guard numbers.count >= 3 else { return false }
    let near = zip(numbers, numbers.dropFirst()).filter { $1 - $0 < 10_000 }.count
    return near * 2 > numbers.count
  }

  private func phone(_ column: Column) -> ColumnFinding? {
    let strengths = column.texts.map { PhoneForm.strength($0) }
    let count = Double(strengths.count)
    func share(_ strength: PhoneForm.Strength) -> Double {
      Double(strengths.filter { $0 == strength }.count) / count
    }
    let (plain, likely, bare) = (share(.plain), share(.likely), share(.bare))
    let all = plain + likely + bare
    let isCalled = column.isCalled(ColumnHints.phone)
    let texts = zip(column.texts, strengths).filter { $1 != nil }.map(\.0)
    func found(_ confidence: Double) -> ColumnFinding {
      ColumnFinding("phone", confidence, "form of a telephone number", share: all, matches: texts)
    }
    if isCalled, all >= 0.7 { return found(all) }
    guard all >= 0.9, !column.isOfThings else { return nil }
    if plain >= 0.1 { return found(all) }
    if likely >= 0.4, hasSpread(texts) { return found(0.9 * all) }
    guard bare >= 0.9, column.sample.kind == .text || column.isOfPeople else { return nil }
    return PhoneForm.areExchanges(texts) ? found(0.75 * all) : nil
  }

  /// Whether the last digits are spread as those of telephones are.
  private func hasSpread(_ texts: [String]) -> Bool {
    let ends = Set(texts.map { String($0.filter(\.isNumber).suffix(3)) }).count
    return texts.count < 5 || ends * 2 > min(texts.count, 400)
  }

  private func birthDate(_ column: Column) -> ColumnFinding? {
    let years = column.texts.compactMap { DayForm.year($0) }.sorted()
    let share = Double(years.count) / Double(column.texts.count)
    guard share >= 0.95, let first = years.first, let last = years.last else { return nil }
    guard first > year - 125, last < year + 0.01 else { return nil }
    let middle = years[years.count / 2]
    let spread = years[years.count * 95 / 100] - years[years.count * 5 / 100]
    let isCalled = column.isCalled(ColumnHints.birth)
    let finding = ColumnFinding(
      "birth_date", share * (isCalled ? 1 : 0.8), "days spread as lives are", share: share,
      matches: column.texts.filter { DayForm.year($0) != nil })
    if isCalled { return year - middle > 5 || years.count < 5 ? finding : nil }
    guard !column.isCalled(ColumnHints.events), !column.isOfThings else { return nil }
    // What began with the time of computers is of no people: these are older.
    let old = years.filter { $0 < 1970 }.count
    return years.count >= 10 && year - middle >= 22 && spread >= 25 && old * 12 >= years.count
      ? finding : nil
  }

  private func position(_ column: Column) -> ColumnFinding? {
    let (share, texts) = column.texts.matching { PositionForm.isPoint($0) }
    if share >= 0.9 {
      return ColumnFinding("geo", share, "pairs of degrees", share: share, matches: texts)
    }
    let isCalled = column.isCalled(ColumnHints.geo)
    guard !column.isOfThings, PositionForm.areDegrees(column.texts, isCalledSo: isCalled) else {
      return nil
    }
    return ColumnFinding(
      "geo", isCalled ? 0.97 : 0.8, "degrees with fine fractions", share: 1, matches: column.texts)
  }

  private func postalCode(_ column: Column) -> ColumnFinding? {
    let (share, texts) = column.texts.matching { StreetForm.isPostalCode($0) }
    let hasLetters = texts.filter { $0.contains(where: \.isLetter) }.count * 2 > texts.count
    let isCalled = column.isCalled(ColumnHints.postalCode)
    let plain = column.texts.matching { (4...8).contains($0.count) && $0.allSatisfy(\.isNumber) }
    guard isCalled ? share + plain.share >= 0.9 : share >= 0.97 && hasLetters && texts.count >= 10
    else { return nil }
    return ColumnFinding(
      "address", isCalled ? 0.9 : 0.75, "form of a postal code", share: share + plain.share,
      matches: texts + plain.texts)
  }

  private func address(_ column: Column) -> ColumnFinding? {
    let strengths = column.texts.map { StreetForm.strength($0) }
    let count = Double(strengths.count)
    func share(_ strength: StreetForm.Strength) -> Double {
      Double(strengths.filter { $0 == strength }.count) / count
    }
    let (full, street, numbered) = (share(.full), share(.street), share(.numbered))
    let all = full + street + numbered
    let isCalled = column.isCalled(ColumnHints.address)
    let isAddress =
      isCalled
      ? all >= 0.7
      : full >= 0.5 && all >= 0.8 || full >= 0.25 && full + street >= 0.85
        || street >= 0.85 && column.texts.count >= 10
    guard isAddress, !column.isOfThings || full >= 0.9 else { return nil }
    return ColumnFinding(
      "address", min(1, all) * (isCalled ? 1 : 0.9), "a street and a number", share: all,
      matches: zip(column.texts, strengths).filter { $1 != nil }.map(\.0))
  }

  private func name(_ column: Column) -> ColumnFinding? {
    let seen = PersonForm.impression(column.texts)
    let isCalled = column.isCalled(ColumnHints.name)
    let finding = ColumnFinding(
      "name", 0, "look of people's names", share: seen.formed, matches: seen.matches)
    func found(_ confidence: Double) -> ColumnFinding {
      var finding = finding
      finding.confidence = confidence
      return finding
    }
    if isCalled {
      return seen.formed >= 0.75 && (seen.look > -0.6 || seen.known > 0.1)
        ? found(0.75 + 0.25 * seen.formed) : nil
    }
    guard seen.formed >= 0.9, column.texts.count >= 5, !column.isOfThings,
      !column.isCalled(ColumnHints.kinds)
    else { return nil }
    let (look, known, helped) = (seen.look, seen.known, column.isOfPeople)
    if seen.full >= 0.8 {
      return look >= (helped ? 0.2 : 0.5) || known >= 0.5 && look > 0.2
        ? found(min(1, 0.7 + look / 8 + known / 6)) : nil
    }
    let isCommon = known >= (helped ? 0.2 : 0.35) && look > 0.35
    return look >= (helped ? 0.6 : 0.75) || isCommon
      ? found(min(0.95, 0.65 + look / 8 + known / 8)) : nil
  }

  private func city(_ column: Column) -> ColumnFinding? {
    guard column.isCalled(ColumnHints.city) else { return nil }
    let (share, texts) = column.texts.matching { text in
      text.count <= 40 && text.first?.isLetter == true
        && text.allSatisfy { $0.isLetter || " -'’.()/".contains($0) }
    }
    guard share >= 0.9 else { return nil }
    return ColumnFinding("address", 0.7, "called a town", share: share, matches: texts)
  }

  /// Several kinds of contact in one column.
  private func contacts(_ column: Column) -> [ColumnFinding] {
    let emails = column.texts.matching { EmailForm.matches($0) }
    let phones = column.texts.matching { PhoneForm.strength($0) != nil }
    guard emails.share >= 0.1, phones.share >= 0.1, emails.share + phones.share >= 0.85 else {
      return []
    }
    return [
      ColumnFinding(
        "email", 0.9, "form of an e-mail address", share: emails.share, matches: emails.texts),
      ColumnFinding(
        "phone", 0.9, "form of a telephone number", share: phones.share, matches: phones.texts),
    ]
  }

  private func freeText(_ column: Column) -> ColumnFinding? {
    let lengths = column.texts.map { $0.split(whereSeparator: \.isWhitespace).count }
    guard lengths.filter({ $0 >= 4 }).count * 3 >= lengths.count else { return nil }
    let isProse = lengths.filter { $0 >= 7 }.count * 2 >= lengths.count
    var hits: [String] = []
    var kinds: [String: Int] = [:]
    for text in column.texts {
      let labels = TextSearch.labels(in: text)
      if labels.isEmpty { continue }
      hits.append(text)
      for label in labels { kinds[label, default: 0] += 1 }
    }
    let share = Double(hits.count) / Double(column.texts.count)
    let isTold = kinds.contains { $0.key != "name" && $0.key != "phone" }
    let named = kinds["name"] ?? 0
    guard
      isTold || (kinds["phone"] ?? 0) > 1 || isProse && named >= 3 && named * 33 >= lengths.count
    else {
      return nil
    }
    let words = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    return ColumnFinding(
      "free_text", min(0.98, 0.75 + share), "text with \(words.joined(separator: ", ")) in it",
      share: share, matches: hits)
  }
}
