/// Text in base 85 (ZeroMQ's alphabet): five letters for four bytes.
enum Z85 {
  private static let alphabet = [UInt8](
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

  /// The bytes `text` stands for, or nil.
  static func decode(_ text: String) -> [UInt8]? {
    let letters = [UInt8](text.utf8)
    guard letters.count.isMultiple(of: 5) else { return nil }
    var result: [UInt8] = []
    for start in stride(from: 0, to: letters.count, by: 5) {
      var number: UInt64 = 0
      for letter in letters[start..<start + 5] {
        guard let digit = alphabet.firstIndex(of: letter) else { return nil }
        number = number * 85 + UInt64(digit)
      }
      guard number <= UInt64(UInt32.max) else { return nil }
      for shift in [24, 16, 8, 0] as [UInt64] { result.append(UInt8(number >> shift & 0xFF)) }
    }
    return result
  }

  /// The text that stands for `bytes`, and for zeros behind them up to a multiple of four.
  static func encode(_ bytes: [UInt8]) -> String {
    var letters: [UInt8] = []
    letters.reserveCapacity((bytes.count + 3) / 4 * 5)
    for start in stride(from: 0, to: bytes.count, by: 4) {
      var number = (start..<start + 4).reduce(0 as UInt32) { number, index in
        number << 8 | (index < bytes.count ? UInt32(bytes[index]) : 0)
      }
      var group: [UInt8] = []
      for _ in 0..<5 {
        group.append(alphabet[Int(number % 85)])
        number /= 85
      }
      letters += group.reversed()
    }
    return String(decoding: letters, as: UTF8.self)
  }
}
