/// Where stores stand and customers live.
struct City {
  let name: String
  let region: String
  /// The first three digits of its postal codes.
  let postalPrefix: String
  let zone: TimeZoneRule
  /// Sales tax in ten-thousandths.
  let taxRate: Int

  init(
    _ name: String, _ region: String, _ postalPrefix: String, _ zone: TimeZoneRule, _ taxRate: Int
  ) {
    self.name = name
    self.region = region
    self.postalPrefix = postalPrefix
    self.zone = zone
    self.taxRate = taxRate
  }

  static let all = [
    City("New York", "NY", "100", .eastern, 888), City("Chicago", "IL", "606", .central, 1_025),
    City("Denver", "CO", "802", .mountain, 881), City("Seattle", "WA", "981", .pacific, 1_035),
    City("Phoenix", "AZ", "850", .arizona, 860), City("Honolulu", "HI", "968", .hawaii, 471),
    City("Boston", "MA", "021", .eastern, 625), City("Austin", "TX", "787", .central, 825),
    City("Portland", "OR", "972", .pacific, 0), City("Cañon City", "CO", "812", .mountain, 791),
    City("Atlanta", "GA", "303", .eastern, 890), City("Minneapolis", "MN", "554", .central, 903),
    City("Los Angeles", "CA", "900", .pacific, 950), City("Tucson", "AZ", "857", .arizona, 870),
    City("Miami", "FL", "331", .eastern, 700), City("Anchorage", "AK", "995", .alaska, 0),
    City("Philadelphia", "PA", "191", .eastern, 800), City("Houston", "TX", "770", .central, 825),
    City("San José", "CA", "951", .pacific, 938), City("Albuquerque", "NM", "871", .mountain, 763),
    City("Columbus", "OH", "432", .eastern, 750), City("Nashville", "TN", "372", .central, 925),
    City("Boise", "ID", "837", .mountain, 600), City("Las Vegas", "NV", "891", .pacific, 838),
  ]

  static let streets = [
    "Main St", "Oak Ave", "Maple Dr", "2nd St", "Washington Blvd", "Lake Rd", "Park Pl",
    "St. John's Way", "Elm St", "Cañada Rd", "Highland Ave", "River Rd", "Church St", "Mill Ln",
  ]
}

/// A place to live or trade in.
struct Address {
  let street: String
  let city: City
  let postalCode: String

  /// The address that `key` stands for, in `city`.
  init(_ key: UInt64, in city: City) {
    var dice = Dice(key)
    street = "\(1 + dice.below(9_800)) \(City.streets[dice.below(City.streets.count)])"
    self.city = city
    let area = dice.below(100)
    postalCode = "\(city.postalPrefix)\(area < 10 ? "0" : "")\(area)"
  }
}
