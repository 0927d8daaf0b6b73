/// What a faulty till does to an event; each makes it break one rule, as a whole.
enum Flaw: Int, CaseIterable {
  case cutOff
  case notJSON
  case noEventID
  case noEventTime
  case unknownType
  case impossibleTime
  case timeWithoutZone
  case newerSchema
  case noStore
  case noTransaction
  case unknownCurrency
  case noLines
  case noSKU
  case zeroQuantity
  case negativeReturn
  case wordForQuantity
  case wordForPrice
  case fractionOfCent

  /// The flaw that `roll` stands for.
  init(_ roll: UInt64) {
    self = Flaw.allCases[scaled(roll, to: Flaw.allCases.count)]
  }

  /// `event`, a sale with one line, with the flaw in it.
  func spoil(_ event: [UInt8], _ roll: UInt64) -> [UInt8] {
    switch self {
    case .cutOff:
      // Between a quarter and three quarters of it.
      return Array(event[..<(event.count / 4 + Int(roll & 0xFF) * event.count / 512)])
    case .notJSON: return [UInt8]("TILL ERROR \(roll & 0xFF): journal full".utf8)
    case .noEventID: return renaming("event_id", "event_no", in: event)
    case .noEventTime: return renaming("event_time", "time", in: event)
    case .unknownType: return setting("event_type", "\"exchange\"", in: event)
    case .impossibleTime: return setting("event_time", "\"2026-02-30T25:61:00-05:00\"", in: event)
    case .timeWithoutZone: return setting("event_time", "\"2026-01-31T12:00:00\"", in: event)
    case .newerSchema: return setting("schema_version", "2", in: event)
    case .noStore: return setting("store_id", "null", in: event)
    case .noTransaction: return setting("transaction_id", "null", in: event)
    case .unknownCurrency: return setting("currency", "\"XXQ\"", in: event)
    case .noLines: return setting("lines", "[]", in: event)
    case .noSKU: return setting("sku", "null", in: event)
    case .zeroQuantity: return setting("quantity", "0", in: event)
    case .negativeReturn:
      return setting("event_type", "\"return\"", in: setting("quantity", "-1", in: event))
    case .wordForQuantity: return setting("quantity", "\"two\"", in: event)
    case .wordForPrice: return setting("unit_price", "\"12,50\"", in: event)
    case .fractionOfCent: return setting("unit_price", "\"1.999\"", in: event)
    }
  }

  private func renaming(_ field: String, _ name: String, in event: [UInt8]) -> [UInt8] {
    let old = [UInt8]("\"\(field)\":".utf8)
    guard let start = position(of: old, in: event) else { return event }
    return event[..<start] + [UInt8]("\"\(name)\":".utf8) + event[(start + old.count)...]
  }

  /// The event with another value of a field. The old one is a scalar, or a list that ends with the
  /// event's first `]`.
  private func setting(_ field: String, _ value: String, in event: [UInt8]) -> [UInt8] {
    let name = [UInt8]("\"\(field)\":".utf8)
    guard let found = position(of: name, in: event) else { return event }
    let start = found + name.count
    let rest = event[start...]
    let end =
      event[start] == UInt8(ascii: "[")
      ? (rest.firstIndex(of: UInt8(ascii: "]")) ?? event.count - 1) + 1
      : rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? event.count
    return event[..<start] + [UInt8](value.utf8) + event[end...]
  }

  private func position(of text: [UInt8], in event: [UInt8]) -> Int? {
    event.indices.first { event[$0...].starts(with: text) }
  }
}
