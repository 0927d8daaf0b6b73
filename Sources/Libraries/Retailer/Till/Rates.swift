/// How often what goes wrong goes wrong, as shares of all events.
package struct Rates: Hashable, Sendable {
  /// Goods brought back, days after the sale.
  package var returns: Double
  /// Receipts taken back, minutes after the sale.
  package var voids: Double
  /// Lines sent once more, on top of the events.
  package var duplicates: Double
  /// Events that arrive one to three days after they happened.
  package var late: Double
  /// Lines that no reader can take for an event.
  package var bad: Double

  package init(
    returns: Double = 0.03, voids: Double = 0.01, duplicates: Double = 0.005, late: Double = 0.01,
    bad: Double = 0.001
  ) {
    self.returns = returns
    self.voids = voids
    self.duplicates = duplicates
    self.late = late
    self.bad = bad
  }

  /// The shares that receipts follow from.
  var signature: String { "\(returns) \(voids) \(late) \(bad)" }
}
