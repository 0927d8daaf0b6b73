/// People of one language, as they are made up. Some bear names that many do, most do not, and
/// those the classifier does not know.
struct PeopleLocale: Sendable {
  let name: String
  let given: [String]
  let family: [String]
  let streets: @Sendable (inout SplitMix) -> String
  let phones: [String]
  /// The country of accounts, and how many digits follow its check.
  let account: (country: String, digits: Int)
  let identifier: @Sendable (inout SplitMix) -> String
  /// What columns are called there: first, last and whole name, street, day of birth.
  let columns: [String]

  static let all = [american, german, french, spanish, italian, swedish]

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  private static func pick<Element>(_ list: [Element], _ random: inout SplitMix) -> Element {
    list[Int.random(in: 0..<list.count, using: &random)]
  }

  private static func street(
    _ stems: [String], _ form: @escaping @Sendable (String, Int) -> String
  ) -> @Sendable (inout SplitMix) -> String {
    { random in form(pick(stems, &random), Int.random(in: 1...190, using: &random)) }
  }

  private static let american = PeopleLocale(
    name: "en_US",
    given: words(
      "James Patricia Michael Linda David Susan Robert Karen "
        + "Clifford Marjorie Wendell Loretta Percy Geraldine Rufus "
        + "Mabel Desmond Adele Irving Cecilia "
        + "Emmett Rosalind Lamar Maxine Otis Bernice"),
    family: words(
      "Smith Johnson Brown Miller Davis Wilson Taylor "
        + "Haverford Underhill Prescott Whitaker Lockwood Ashworth "
        + "Tillman Beaumont Pennington Holbrook "
        + "Merriweather Cromwell Stanfield Winslow Thackeray Bancroft"),
    streets: { random in
      let stem = pick(words("Sycamore Hickory Juniper Dogwood Magnolia Chestnut"), &random)
      let kind = pick(words("Street Avenue Lane Court Drive Road"), &random)
      return "\(Int.random(in: 10...9_900, using: &random)) \(stem) \(kind)"
    },
    phones: ["(###) 555-####", "###-555-####", "+1-###-555-####", "###.555.####"],
    account: ("GB", 18),
    identifier: { random in MadeUpNumbers.socialSecurity(&random) },
    columns: ["first_name", "last_name", "full_name", "street", "birth_date"])

  private static let german = PeopleLocale(
    name: "de_DE",
    given: words(
      "Peter Sabine Thomas Monika Stefan Petra Wolfgang "
        + "Eckhard Gudrun Volker Hiltrud Burkhard Roswitha Lothar "
        + "Edeltraud Siegfried Irmgard Detlef "
        + "Waltraud Hartmut Liselotte Ansgar Friedhelm"),
    family: words(
      "Müller Schmidt Weber Fischer Wagner Becker "
        + "Grünewald Eichhorn Steinbrecher Lindemann Holzapfel "
        + "Birkenfeld Rosenthal Ackermann Brinkmann "
        + "Dietzel Finkbeiner Hagedorn Mühlhaus Oberländer Rademacher Wiesinger"),
    streets: street(words("Ahorn Birken Goethe Kastanien Mozart Schiller")) { stem, number in
      "\(stem)\(number.isMultiple(of: 2) ? "straße" : "weg") \(number)"
    },
    phones: ["+49 ### #######", "0### #######", "(0####) ######", "+49(0)### ######"],
    account: ("DE", 18),
    identifier: { random in MadeUpNumbers.taxNumber(&random) },
    columns: ["vorname", "nachname", "kunde_name", "strasse", "geburtsdatum"])

  private static let french = PeopleLocale(
    name: "fr_FR",
    given: words(
      "Jean Marie Philippe Isabelle Nicolas Sophie "
        + "Thibault Solange Gaspard Mireille Aurélien Bérengère "
        + "Fulbert Ghislaine Loïc Maëlle Yannick "
        + "Odile Théophile Capucine Edmée Rodolphe"),
    family: words(
      "Martin Bernard Petit Durand Moreau Lefebvre "
        + "Delacourt Beauchamp Vasseur Chastain Montclair Pelletier "
        + "Brossard Charpentier Deschamps "
        + "Guillemot Lavigne Marchand Perrault Rochefort Thibodeau Villeneuve"),
    streets: street(words("Lilas Acacias Tilleuls Moulins Écoles Vignes")) { stem, number in
      "\(number), \(number.isMultiple(of: 3) ? "avenue" : "rue") des \(stem)"
    },
    phones: ["+33 # ## ## ## ##", "0# ## ## ## ##", "0#########"],
    account: ("FR", 23),
    identifier: { random in MadeUpNumbers.registration(&random) },
    columns: ["prenom", "nom", "nom_complet", "rue", "date_naissance"])

  private static let spanish = PeopleLocale(
    name: "es_ES",
    given: words(
      "Antonio Carmen Manuel Lucía Javier Pilar "
        + "Anselmo Remedios Baltasar Casilda Leandro Fuensanta "
        + "Evaristo Milagros Isidro Perpetua Nicanor "
        + "Visitación Teodoro Almudena Saturnino Eulalia"),
    family: words(
      "García Fernández López Martínez Sánchez Pérez "
        + "Arizmendi Bustamante Carrasco Echeverría Figueroa "
        + "Larrañaga Mendizábal Olivares Quintanilla "
        + "Saavedra Trujillo Urrutia Valdivieso Zamorano Ledesma Barrientos"),
    streets: street(words("Olmo Rosales Mayor Laurel Castaño Mirasol")) { stem, number in
      "\(number.isMultiple(of: 2) ? "Calle" : "Avenida") del \(stem) \(number)"
    },
    phones: ["+34 6## ### ###", "+34 9## ## ## ##", "6## ### ###", "9## ## ## ##"],
    account: ("ES", 20),
    identifier: { random in MadeUpNumbers.identityCard(&random) },
    columns: ["nombre", "apellidos", "cliente", "calle", "fecha_nacimiento"])

  private static let italian = PeopleLocale(
    name: "it_IT",
    given: words(
      "Giuseppe Maria Francesco Giulia Marco Paola "
        + "Ermanno Ornella Fiorenzo Mirella Ottavio Graziella Tiziano "
        + "Loredana Amedeo Donatella Ivano "
        + "Rossana Egidio Fiammetta Leopoldo Immacolata"),
    family: words(
      "Rossi Russo Ferrari Bianchi Romano Colombo "
        + "Bevilacqua Castiglione Della-Rovere Fumagalli Giannini "
        + "Locatelli Montanari Palmieri Quaranta "
        + "Sabatini Tagliabue Ventura Zanetti Bertolini Carbone Pugliese"),
    streets: street(words("Garibaldi Mazzini Cavour Verdi Dante Manzoni")) { stem, number in
      "\(number.isMultiple(of: 2) ? "Via" : "Piazza") \(stem), \(number)"
    },
    phones: ["+39 3## #######", "3## #######", "+39 0## ######", "0## #######"],
    account: ("SM", 23),
    identifier: { random in MadeUpNumbers.fiscalCode(&random) },
    columns: ["nome", "cognome", "cliente", "indirizzo", "data_nascita"])

  private static let swedish = PeopleLocale(
    name: "sv_SE",
    given: words(
      "Erik Anna Lars Kristina Anders Karin "
        + "Torbjörn Gunborg Hjalmar Solveig Ragnar Vendela Sixten "
        + "Tyra Ingemar Alfhild Valdemar Signe "
        + "Algot Hedvig Folke Sigrid"),
    family: words(
      "Andersson Johansson Karlsson Nilsson Larsson Persson "
        + "Lagerström Hedlund Nordqvist Ekström Dahlgren Söderlund "
        + "Wikström Holmqvist Sandström Åkesson "
        + "Björklund Hallberg Norling Rosenqvist Stenmark Wahlgren"),
    streets: street(words("Björk Kyrko Skol Ängs Strand Tall")) { stem, number in
      "\(stem)\(number.isMultiple(of: 2) ? "gatan" : "vägen") \(number)"
    },
    phones: ["+46 7# ### ## ##", "07#-### ## ##", "0#-### ### ##", "+46 (0)# ### ### ##"],
    account: ("SE", 20),
    identifier: { random in MadeUpNumbers.personalNumber(&random) },
    columns: ["förnamn", "efternamn", "kund_namn", "gatuadress", "födelsedatum"])
}
