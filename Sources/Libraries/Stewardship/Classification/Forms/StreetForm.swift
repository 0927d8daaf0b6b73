/// Lines of an address: a street's name and a number, in the order of the country.
enum StreetForm {
  /// Words that are streets, or begin their names.
  private static let words: Set<String> = Set(
    """
    street st avenue ave road rd lane ln drive dr boulevard blvd way court ct place pl square sq \
    terrace trail parkway pkwy highway hwy circle crescent close mews grove hill gardens row \
    walk alley loop plaza crossing path pike ridge view village heights manor meadow meadows \
    park points point port ports prairie ranch rapids river route run shoal shoals shore shores \
    skyway spring springs spur spurs squares station stravenue stream summit throughway trace \
    track trafficway tunnel turnpike underpass union unions valley valleys via viaduct views \
    villages ville vista walks wall ways well wells branch bridge brook brooks burg burgs bypass \
    camp canyon cape causeway center centers circles cliff cliffs club common corner corners \
    course courts cove coves creek crest crossroad curve dale dam divide drives estate estates \
    expressway extension extensions fall falls ferry field fields flat flats ford fords forest \
    forge forges fork forks fort freeway garden gateway glen glens green greens groves harbor \
    harbors haven highway hills hollow inlet island islands isle junction junctions key keys \
    knoll knolls lake lakes land landing light lights loaf lock locks lodge mall mill mills \
    mission motorway mount mountain mountains neck orchard oval overpass parks parkways pass \
    passage pine pines plain plains plazas radial ramp rest ridges roads rue shoals apt suite \
    flat studio straße strasse str weg platz allee gasse ring damm ufer chemin impasse allée \
    quai cours sentier faubourg calle avenida plaza paseo camino ronda rambla glorieta pasaje \
    cuesta vial callejón travesía urbanización acceso cañada alameda cl av avda viale piazza \
    corso strada contrada vicolo borgo canale incrocio rotonda stretto largo piazzale ulica ul \
    aleja al plac os osiedle straat laan plein gracht kade singel steeg dreef baan hof rua \
    travessa praça alameda estrada rodovia viaduto vereda jardim quadra trecho morro lagoa lago \
    ladeira parque recanto passarela setor via sítio favela fazenda feira chácara campo colônia \
    condomínio conjunto distrito esplanada estação loteamento núcleo pátio residencial vale \
    viela vila gatan vägen gränd gränden stigen torget allén gatu
    """.split(separator: " ").map(String.init))
  /// How compound names of streets end.
  private static let endings = [
    "straße", "strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "stieg",
    "steig", "straat", "laan", "plein", "gracht", "kade", "singel", "steeg", "dreef", "baan", "hof",
    "pad", "weg", "wal", "dijk", "markt", "gatan", "gata", "vägen", "väg", "gränden", "gränd",
    "stigen", "stig", "torget", "allén", "gade", "vej", "vei", "veien", "gata", "katu", "tie",
  ]

  /// How much a line looks like an address.
  enum Strength: Sendable {
    /// A number, and a word that streets are called by.
    case full
    /// A word that streets are called by, without a number.
    case street
    /// Words and a number, as many other things are.
    case numbered
  }

  /// How much `text` looks like an address of any lines.
  static func strength(_ text: String) -> Strength? {
    let lower = text.lowercased()
    let tokens = lower.split { !$0.isLetter && !$0.isNumber && $0 != "'" && $0 != "/" }
    guard (2...16).contains(tokens.count) || tokens.count == 1 && lower.count > 6 else {
      return nil
    }
    let letters = tokens.filter {
      $0.contains(where: \.isLetter) && !$0.contains(where: \.isNumber)
    }
    guard !letters.isEmpty else { return nil }
    let hasStreet = letters.contains { token in
      words.contains(String(token))
        || token.count > 5 && endings.contains { token.hasSuffix($0) && token.count > $0.count + 2 }
    }
    let hasNumber = tokens.contains(where: isHouseNumber)
    if hasStreet, hasNumber { return .full }
    if hasStreet { return .street }
    let isAtEnd =
      tokens.first.map(isHouseNumber) ?? false || tokens.last.map(isHouseNumber) ?? false
    return hasNumber && isAtEnd && tokens.count <= 6 ? .numbered : nil
  }

  /// `12`, `12b`, `34/2`, of at most five digits.
  private static func isHouseNumber(_ token: Substring) -> Bool {
    let head = token.prefix(while: \.isNumber)
    guard (1...5).contains(head.count) else { return false }
    let rest = token[head.endIndex...]
    return rest.count <= 1 || rest.first == "/" && rest.count <= 5
  }

  /// Whether `text` has the form of a postal code that is none of plain digits: `SW1A 1AA`,
  /// `1234 AB`, `00-950`, `114 55`, `K1A 0B1`, `12345-6789`, `150-0001`, `12345-678`.
  static func isPostalCode(_ text: String) -> Bool {
    let form = String(
      text.uppercased().map { character -> Character in
        if character.isNumber { return "9" }
        return character.isLetter ? "A" : character
      })
    return [
      "AA9A 9AA", "A9A 9AA", "A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "AA99AA", "A99AA",
      "A999AA", "AA999AA", "9999 AA", "9999AA", "99-999", "999 99", "A9A 9A9", "A9A9A9",
      "99999-9999", "999-9999", "99999-999", "9999-999", "AA9A9AA",
    ].contains(form)
  }
}
