/// Addresses of the Internet Protocol.
enum NetworkForm {
  /// The four numbers of an address of version 4, a port or the length of a prefix aside.
  static func octets(_ text: some StringProtocol) -> [Int]? {
    let address = text.prefix { $0 != "/" && $0 != ":" }
    if address.endIndex != text.endIndex {
      let rest = text[address.endIndex...].dropFirst()
      guard !rest.isEmpty, rest.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    }
    let parts = address.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var octets: [Int] = []
    for part in parts {
      guard let digits = Digits.alone(part), digits.count <= 3, digits.count == 1 || digits[0] != 0
      else { return nil }
      octets.append(Digits.number(digits))
    }
    return octets.allSatisfy { $0 < 256 } ? octets : nil
  }

  /// Whether `text` is an address of version 6, a zone or the length of a prefix aside.
  static func isVersion6(_ text: some StringProtocol) -> Bool {
    let address = Substring(text).prefix { $0 != "/" && $0 != "%" }
    let halves = String(address).splitOnce("::")
    guard let halves else { return groups(address) == 8 }
    guard let left = groups(Substring(halves.0)), let right = groups(Substring(halves.1)),
      address.utf8.count > 2
    else { return false }
    return left + right < 8 && left + right > 0
  }

  /// How many groups of 16 bits `text` has; nil when it is something else.
  private static func groups(_ text: Substring) -> Int? {
    if text.isEmpty { return 0 }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var count = 0
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, index > 0, octets(part) != nil {
        count += 2
        continue
      }
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHex) else { return nil }
      count += 1
    }
    return count
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }
}

extension String {
  /// What is before and behind the first `mark`; nil where there is none, or a second.
  fileprivate func splitOnce(_ mark: String) -> (String, String)? {
    let bytes = Array(utf8)
    let sought = Array(mark.utf8)
    guard bytes.count >= sought.count else { return nil }
    let places = (0...(bytes.count - sought.count)).filter { start in
      bytes[start..<start + sought.count].elementsEqual(sought)
    }
    guard places.count == 1, let place = places.first else { return nil }
    return (
      String(decoding: bytes[..<place], as: UTF8.self),
      String(decoding: bytes[(place + sought.count)...], as: UTF8.self)
    )
  }
}
