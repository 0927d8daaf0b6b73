package import Core

// Retailer: a made-up retailer of any size, by seed: its receipts and its source databases.
//
// The rooms, in this order: `Random` (numbers that follow from a key alone), `Business` (stores,
// wares, members, seasons), `Till` (receipts and the events that tills send, some of them faulty),
// `Databases` (orders, customers, stock and rewards, day by day).
//
// Begin with `Business`, then `ReceiptBook`. Everything follows from scale and seed, so that any
// day can be made without those before it. Nothing here knows the lake that it is made for.

/// All that stands still about a retailer: made once from its scale and seed, then only read.
package final class Business: Sendable {
  package let scale: Scale
  /// The days that can be asked for: 2020 to 2049.
  package static let lifetime =
    CivilDate(dayNumber: 18_262)..<CivilDate(dayNumber: 29_220)

  let assortment: Assortment
  let chain: Chain
  let membership: Membership

  package init(_ scale: Scale) {
    self.scale = scale
    assortment = Assortment(scale)
    chain = Chain(scale)
    membership = Membership(scale)
  }

  var seed: UInt64 { scale.seed }
}
