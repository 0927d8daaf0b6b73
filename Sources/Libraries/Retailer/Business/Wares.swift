/// What the shelves hold: kinds of wares with their names and price ranges.
struct Wares {
  let category: String
  /// Cents.
  let prices: ClosedRange<Int>
  /// Sold by weight: the price is for a unit of it.
  let isWeighed: Bool
  let isTaxed: Bool
  let names: [String]
  let sizes: [String]

  init(
    _ category: String, _ prices: ClosedRange<Int>, isWeighed: Bool = false, isTaxed: Bool = false,
    _ names: [String], _ sizes: [String]
  ) {
    self.category = category
    self.prices = prices
    self.isWeighed = isWeighed
    self.isTaxed = isTaxed
    self.names = names
    self.sizes = sizes
  }

  static let brands = [
    "Alder & Finch", "Bluebird", "Corner Farm", "Dunmore", "El Molino", "Fjord", "Golden Mile",
    "Harvest Home", "Isla Verde", "Juniper", "Kestrel", "Lakeside", "Maître Paul", "Northway",
    "Old Mill", "Prairie", "Quincy's", "Red Barn", "Sunfield", "Tidewater", "Umbria", "Valley Best",
    "Willow", "Xochi", "Yarrow", "Zephyr",
  ]
  static let kinds = [
    "", "Organic ", "Classic ", "Light ", "Family ", "Premium ", "Fresh ", "Mini ",
  ]

  static let all = [
    Wares(
      "PRODUCE", 79...699, isWeighed: true,
      [
        "Bananas", "Gala Apples", "Jalapeño Peppers", "Red Onions", "Roma Tomatoes", "Carrots",
        "Russet Potatoes", "Green Grapes", "Avocados", "Broccoli Crowns",
      ], [""]),
    Wares(
      "MEAT", 399...2_499, isWeighed: true,
      [
        "Ground Beef", "Chicken Thighs", "Pork Loin", "Sirloin Steak", "Turkey Breast",
        "Lamb Chops",
      ], [""]),
    Wares(
      "DAIRY", 149...899,
      [
        "Whole Milk", "Greek Yogurt", "Cheddar Slices", "Butter", "Crème Fraîche", "Eggs",
        "Cottage Cheese", "Half & Half",
      ], [" 8 oz", " 16 oz", " 1/2 gal", " 1 gal"]),
    Wares(
      "BAKERY", 199...1_299,
      ["Sourdough Loaf", "Bagels", "Croissants", "Rye Bread", "Cinnamon Rolls", "Baguette"],
      ["", " 4 ct", " 6 ct"]),
    Wares(
      "GROCERY", 99...1_199,
      [
        "Basmati Rice", "Spaghetti", "Black Beans", "Peanut Butter", "Corn Flakes", "Olive Oil",
        "Tomato Soup", "Wheat Flour", "Strawberry Jam", "Oat Bars", "Salsa Verde", "Honey",
      ], [" 8 oz", " 12 oz", " 24 oz", " 32 oz"]),
    Wares(
      "FROZEN", 249...1_499,
      [
        "Pizza 12\\\"", "Pizza 14\\\"", "Vanilla Ice Cream", "Peas", "Fish Fillets", "Waffles",
        "Lasagne",
      ], ["", " 2 ct", " 32 oz"]),
    Wares(
      "BEVERAGES", 99...1_599, isTaxed: true,
      [
        "Orange Juice", "Sparkling Water", "Cola", "Ground Coffee", "Green Tea", "Root Beer",
        "Lemonade",
      ], [" 12 oz", " 1 L", " 2 L", " 12 pk"]),
    Wares(
      "HOUSEHOLD", 299...2_999, isTaxed: true,
      [
        "Paper Towels", "Dish Soap", "Laundry Detergent", "Trash Bags", "Light Bulbs", "Batteries",
        "Aluminum Foil",
      ], ["", " 2 pk", " 6 pk", " 12 pk"]),
    Wares(
      "HEALTH & BEAUTY", 299...3_499, isTaxed: true,
      ["Shampoo", "Toothpaste", "Hand Cream", "Vitamin C", "Sunscreen", "Razor Blades", "Cologne"],
      ["", " 4 oz", " 8 oz", " 60 ct"]),
    Wares(
      "HOME", 599...12_999, isTaxed: true,
      ["Frying Pan", "Bath Towel", "Desk Lamp", "Pillow", "Storage Box", "Candle", "Coffee Mug"],
      ["", " S", " M", " L"]),
  ]
}
