package import Core

/// Reads messages of `pgoutput`: bytes that came over a network, so that each count is held against
/// what is there.
package struct LogMessageReader {
  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The message that `bytes` are; `.data` when they are none.
  package static func message(_ bytes: [UInt8]) throws(Fault) -> LogMessage {
    var reader = LogMessageReader(bytes)
    let message = try reader.message()
    guard reader.position == bytes.count else { throw reader.torn("is longer than it says") }
    return message
  }

  private mutating func message() throws(Fault) -> LogMessage {
    switch UnicodeScalar(try byte()) {
    case "B":
      return .begin(
        LoggedTransaction(position: try logPosition(), time: try time(), number: try integer()))
    case "C":
      _ = try byte()
      let commit = LoggedCommit(position: try logPosition(), end: try logPosition())
      _ = try time()
      return .commit(commit)
    case "R": return .relation(try relation())
    case "I":
      let relation: UInt32 = try integer()
      guard try byte() == UInt8(ascii: "N") else { throw torn("has no new row") }
      return .insert(relation: relation, new: try row(isIdentityOnly: false))
    case "U": return try update()
    case "D":
      let relation: UInt32 = try integer()
      guard let old = try oldRow(try byte()) else { throw torn("has no old row") }
      return .delete(relation: relation, old: old)
    case "T": return try truncate()
    case "O", "Y", "M":
      position = bytes.count
      return .other
    case let kind: throw torn("is of kind '\(shown("\(kind)"))', which there is not")
    }
  }

  private mutating func update() throws(Fault) -> LogMessage {
    let relation: UInt32 = try integer()
    var kind = try byte()
    let old = try oldRow(kind)
    if old != nil { kind = try byte() }
    guard kind == UInt8(ascii: "N") else { throw torn("has no new row") }
    return .update(relation: relation, old: old, new: try row(isIdentityOnly: false))
  }

  private mutating func oldRow(_ kind: UInt8) throws(Fault) -> LoggedRow? {
    switch UnicodeScalar(kind) {
    case "K": try row(isIdentityOnly: true)
    case "O": try row(isIdentityOnly: false)
    default: nil
    }
  }

  private mutating func truncate() throws(Fault) -> LogMessage {
    let count: UInt32 = try integer()
    _ = try byte()
    guard Int(count) <= (bytes.count - position) / 4 else { throw torn("ends too early") }
    var relations: [UInt32] = []
    for _ in 0..<count { relations.append(try integer()) }
    return .truncate(relations: relations)
  }

  private mutating func relation() throws(Fault) -> LoggedRelation {
    let id: UInt32 = try integer()
    let schema = try text()
    let name = try text()
    guard let identity = LoggedRelation.Identity(rawValue: try byte()) else {
      throw torn("has an identity that there is not")
    }
    let count: UInt16 = try integer()
    var columns: [LoggedRelation.Column] = []
    for _ in 0..<count {
      let isIdentity = try byte() & 1 != 0
      let columnName = try text()
      let type: UInt32 = try integer()
      _ = try integer() as UInt32
      columns.append(
        LoggedRelation.Column(isIdentity: isIdentity, name: columnName, type: type))
    }
    // The catalog's own schema has no name in the log.
    return LoggedRelation(
      id: id, schema: schema.isEmpty ? "pg_catalog" : schema, name: name, identity: identity,
      columns: columns)
  }

  private mutating func row(isIdentityOnly: Bool) throws(Fault) -> LoggedRow {
    let count: UInt16 = try integer()
    var values: [LoggedRow.Value] = []
    values.reserveCapacity(min(Int(count), bytes.count - position))
    for _ in 0..<count {
      switch UnicodeScalar(try byte()) {
      case "n": values.append(.null)
      case "u": values.append(.unchanged)
      case "t":
        let length: UInt32 = try integer()
        guard Int(length) <= bytes.count - position else { throw torn("ends too early") }
        values.append(.text(position..<position + Int(length)))
        position += Int(length)
      default: throw torn("has a value of a kind that there is not")
      }
    }
    return LoggedRow(isIdentityOnly: isIdentityOnly, values: values)
  }

  private mutating func byte() throws(Fault) -> UInt8 { try integer() }

  /// A whole number, its highest byte first.
  private mutating func integer<Number: FixedWidthInteger>() throws(Fault) -> Number {
    let count = Number.bitWidth / 8
    guard count <= bytes.count - position else { throw torn("ends too early") }
    var number: Number = 0
    for offset in 0..<count {
      number = Number(truncatingIfNeeded: UInt64(truncatingIfNeeded: number) << 8)
      number |= Number(truncatingIfNeeded: bytes[position + offset])
    }
    position += count
    return number
  }

  private mutating func logPosition() throws(Fault) -> LogPosition {
    LogPosition(byteOffset: try integer())
  }

  /// Microseconds since 2000-01-01.
  private mutating func time() throws(Fault) -> Timestamp {
    let since2000: Int64 = try integer()
    return Timestamp(microseconds: since2000 &+ 946_684_800_000_000)
  }

  /// Text that a zero byte ends.
  private mutating func text() throws(Fault) -> String {
    guard let end = bytes[position...].firstIndex(of: 0) else { throw torn("ends too early") }
    defer { position = end + 1 }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  private func torn(_ what: String) -> Fault {
    Fault(
      .data, "a message of the server's log \(what), at its byte \(position)",
      remedy: "check the connection and the server's version, 10 or later")
  }
}
