/// How tills write money in their events.
package enum MoneyForm: String, CaseIterable, Sendable {
  /// `"12.50"`.
  case text
  /// `12.50`.
  case number
  /// One or the other, by store.
  case mixed
}
