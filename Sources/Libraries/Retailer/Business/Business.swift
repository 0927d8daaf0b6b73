package import Core

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
