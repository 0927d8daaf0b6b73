/// A receipt's head. Its place in the books (`day`, `slot`) is the day on which its event arrives
/// and the number it has there; all else follows from it.
struct Receipt {
  enum Kind {
    case sale
    case `return`
    case void
    /// A sale whose event a faulty till spoils.
    case spoiled
  }

  var day: Int
  var slot: Int
  var kind: Kind
  /// The day it happened; earlier than `day` when the event is late.
  var eventDay: Int
  var millisecond: Int
  var store: Int
  /// From 0.
  var register: Int
  var cashier: Int
  /// -1 when nobody showed a card.
  var member: Int
  /// The receipt that a return or a void refers to.
  var originalDay = 0
  var originalSlot = 0
}

/// A line of a receipt; amounts are cents and above 0, on a return too.
struct ReceiptLine {
  var product: Int
  /// Thousandths of a piece or of a unit of weight.
  var quantity: Int
  var price: Int
  var discount: Int
  var tax: Int
  /// quantity × price − discount, rounded half up.
  var net: Int
}
