/// Words by which people call columns: weak evidence, for a name may be wrong and a value is not.
enum ColumnHints {
  static let email: Set<String> = [
    "email", "mail", "emailaddress", "courriel", "correo", "epost", "posta", "eposta",
  ]
  static let phone: Set<String> = [
    "phone", "tel", "telephone", "telefon", "mobile", "cell", "cellphone", "fax", "handy", "msisdn",
    "telefono", "teléfono", "telefoon", "phonenumber", "portable", "movil", "móvil", "mobil",
    "telefonnummer", "téléphone", "komórka", "mobiel", "telefone", "celular", "gsm", "cellulare",
    "rufnummer", "mobilnummer",
  ]
  static let name: Set<String> = [
    "firstname", "lastname", "fullname", "surname", "givenname", "familyname", "forename",
    "middlename", "vorname", "nachname", "familienname", "prenom", "prénom", "nom", "nombre",
    "apellido", "apellidos", "cognome", "nome", "imie", "imię", "nazwisko", "förnamn", "fornamn",
    "efternamn", "voornaam", "achternaam", "sobrenome", "person", "contact", "cardholder", "holder",
    "customername", "membername", "employeename", "username", "displayname", "fname", "lname",
    "patient", "guest", "recipient", "naam", "namn", "employee", "kunde", "klant", "cliente",
  ]
  static let address: Set<String> = [
    "address", "street", "addr", "adresse", "strasse", "straße", "rue", "calle", "via", "indirizzo",
    "direccion", "dirección", "straat", "adres", "ulica", "gata", "adress", "gatuadress",
    "streetaddress", "addressline", "line1", "line2", "anschrift", "domicilio", "endereco",
    "endereço", "rua", "adresseligne",
  ]
  static let postalCode: Set<String> = [
    "zip", "postal", "postcode", "plz", "postalcode", "zipcode", "postleitzahl", "cap",
    "codepostal",
    "codigopostal", "códigopostal", "kodpocztowy", "postnummer", "cep", "postnr",
  ]
  static let city: Set<String> = [
    "city", "town", "ort", "stadt", "ville", "ciudad", "citta", "città", "plaats", "stad", "miasto",
    "wohnort", "cidade", "comune", "woonplaats", "localidad", "poblacion", "población",
  ]
  static let birth: Set<String> = [
    "birth", "birthday", "birthdate", "dob", "dateofbirth", "geburtsdatum", "geburtstag", "geboren",
    "naissance", "datenaissance", "nacimiento", "fechanacimiento", "nascita", "datanascita",
    "geboortedatum", "urodzenia", "dataurodzenia", "födelsedatum", "fodelsedatum", "nascimento",
    "born", "gebdat",
  ]
  static let card: Set<String> = [
    "card", "creditcard", "cardnumber", "pan", "ccnumber", "cc", "kreditkarte", "carte", "tarjeta",
    "carta", "cartao", "cartão", "kort", "kortnummer",
  ]
  static let ip: Set<String> = ["ip", "ipaddress", "ipv4", "ipv6", "clientip", "remoteaddr"]
  static let geo: Set<String> = [
    "lat", "lon", "lng", "long", "latitude", "longitude", "coord", "coords", "coordinates", "geo",
    "gps", "position", "location", "breitengrad", "längengrad", "breite", "länge",
  ]
  /// Things that are counted, sold or sent, whose numbers may look like anybody's.
  static let things: Set<String> = [
    "sku", "ean", "gtin", "upc", "isbn", "article", "item", "product", "order", "invoice",
    "tracking", "shipment", "serial", "imei", "barcode", "batch", "lot", "transaction", "receipt",
    "artikel", "auftrag", "bestellung", "rechnung", "commande", "facture", "pedido", "factura",
    "ordine", "fattura", "zamówienie", "version", "build", "quantity", "price", "amount",
  ]
  /// Words of which few are names of people, though they look alike.
  static let kinds: Set<String> = [
    "country", "nation", "nationality", "land", "pays", "pais", "país", "paese", "kraj", "region",
    "state", "province", "continent", "language", "color", "colour", "farbe", "couleur", "category",
    "brand", "company", "firma", "job", "beruf", "department", "status", "type", "kind", "title",
    "material", "size", "tier", "currency", "method", "reason", "animal", "city", "town",
    "district",
  ]
  /// Moments at which something happened that was no birth.
  static let events: Set<String> = [
    "created", "updated", "ordered", "shipped", "order", "ship", "delivered", "delivery", "opened",
    "closed", "signup", "joined", "enrolled", "enrolled", "hired", "hire", "start", "end", "valid",
    "due", "paid", "invoice", "transaction", "event", "business", "expiry", "expires", "founded",
    "built", "released", "release", "last", "modified", "login", "visit", "purchase", "sale",
  ]
}
