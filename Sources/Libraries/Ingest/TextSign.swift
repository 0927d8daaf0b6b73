import TextFormats

/// How the letters of a text are written, as its first bytes show.
enum TextSign {
  /// With a byte order mark.
  case utf8, littleEndian16, bigEndian16, utf32
  /// Without one, by zeros where letters of two bytes have them.
  case likelyLittleEndian16, likelyBigEndian16

  /// Nil when nothing shows it.
  init?(_ bytes: [UInt8]) {
    let marked = Self.marks.first { bytes.starts(with: $0.bytes) }
    guard let sign = marked?.sign ?? Self.likely(bytes) else { return nil }
    self = sign
  }

  /// Whether a reader of `encoding` reads it: it passes over a mark of its own.
  func suits(_ encoding: TextEncoding) -> Bool {
    switch self {
    case .utf8: encoding == .utf8
    case .littleEndian16: encoding == .utf16 || encoding == .utf16LittleEndian
    case .bigEndian16, .likelyBigEndian16: encoding == .utf16 || encoding == .utf16BigEndian
    case .likelyLittleEndian16: encoding == .utf16LittleEndian
    case .utf32: false
    }
  }

  /// The name of the encoding that reads it.
  var name: String {
    switch self {
    case .utf8: "UTF-8"
    case .littleEndian16, .bigEndian16: "UTF-16"
    case .likelyLittleEndian16: "UTF-16LE"
    case .likelyBigEndian16: "UTF-16BE"
    case .utf32: "UTF-32"
    }
  }

  // A mark of four bytes begins as one of two.
  private static let marks: [(bytes: [UInt8], sign: TextSign)] = [
    ([0xEF, 0xBB, 0xBF], .utf8), ([0xFF, 0xFE, 0x00, 0x00], .utf32),
    ([0x00, 0x00, 0xFE, 0xFF], .utf32), ([0xFF, 0xFE], .littleEndian16),
    ([0xFE, 0xFF], .bigEndian16),
  ]

  private static func likely(_ bytes: [UInt8]) -> TextSign? {
    let looked = bytes.prefix(4_096)
    guard looked.count >= 8 else { return nil }
    var zeros = [0, 0, 0, 0]
    for (index, byte) in looked.enumerated() where byte == 0 { zeros[index & 3] += 1 }
    let quarter = looked.count / 4
    let isMost = zeros.map { $0 * 10 >= quarter * 7 }
    let isNone = zeros.map { $0 * 50 <= quarter }
    if isMost.count(where: { $0 }) == 3 { return .utf32 }
    if isMost[1], isMost[3], isNone[0], isNone[2] { return .likelyLittleEndian16 }
    if isMost[0], isMost[2], isNone[1], isNone[3] { return .likelyBigEndian16 }
    return nil
  }
}
