/// How big the retailer is, and the seed that everything about it follows from.
package struct Scale: Hashable, Sendable {
  package var seed: UInt64
  package var stores: Int
  package var products: Int
  package var members: Int

  package init(seed: UInt64, stores: Int = 20, products: Int = 2_000, members: Int = 10_000) {
    self.seed = seed
    self.stores = stores
    self.products = products
    self.members = members
  }

  /// What the identifiers of stores, products and members have room for.
  package static let storeRange = 1...9_999
  package static let productRange = 2...9_999_999
  package static let memberRange = 2...49_999_999

  var signature: String { "\(seed) \(stores) \(products) \(members)" }
}
