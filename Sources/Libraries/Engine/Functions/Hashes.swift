import Columnar
import Core

extension FunctionCatalog {
  /// Digests and hashes.
  static let hashes: [(String, ScalarBinding)] = [
    ("md5", digest("md5", .md5)), ("sha", digest("sha", .sha1)), ("sha1", digest("sha1", .sha1)),
    ("sha2", sha2),
    (
      "crc32",
      function("crc32", [.binary], .bigint, isTotal: true) { columns, count, _ in
        let values = columns[0].withBytes { view in
          fillRows(count) { columns[0].isNull($0) ? 0 : Int64(crc32(view[$0])) }
        }
        return Column(.bigint, count: count, validity: columns[0].validity, .int64(values))
      }
    ),
    (
      "hash",
      ScalarBinding(.takes(.orderable, repeated: .orderable)) { arguments in
        ScalarFunction("hash", arguments.map(\.type), .int, isTotal: true) {
          columns, count, _ in
          Column(
            .int, count: count,
            .int32(
              fillRows(count) { row in
                Int32(bitPattern: columns.reduce(42) { murmur3($1, row, seed: $0) })
              }))
        }
      }
    ),
    (
      "xxhash64",
      ScalarBinding(.takes(.orderable, repeated: .orderable)) { arguments in
        ScalarFunction("xxhash64", arguments.map(\.type), .bigint, isTotal: true) {
          columns, count, _ in
          Column(
            .bigint, count: count,
            .int64(
              fillRows(count) { row in
                Int64(bitPattern: columns.reduce(42) { xxHash64($1, row, seed: $0) })
              }))
        }
      }
    ),
  ]

  private static func digest(_ name: String, _ digest: MessageDigest) -> ScalarBinding {
    function(name, [.binary], .string, isTotal: true) { columns, count, _ in
      digests(columns[0], count) { digest.digest(of: $0) }
    }
  }

  private static func digests(
    _ column: Column, _ count: Int, _ body: (TextBytes) -> [UInt8]
  ) -> Column {
    let digits = Array("0123456789abcdef".utf8)
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(count + 1)
    column.withBytes { view in
      for row in 0..<count {
        if !column.isNull(row) {
          for byte in body(view[row]) {
            runs.bytes.append(digits[Int(byte >> 4)])
            runs.bytes.append(digits[Int(byte & 15)])
          }
        }
        runs.offsets.append(Int32(runs.bytes.count))
      }
    }
    return Column(.string, count: count, validity: column.validity, .bytes(runs))
  }

  /// `sha2(bytes, bits)`; a number of bits that SHA-2 has not gives NULL.
  private static let sha2 = function(
    "sha2", [.binary, .int], .string, mayAddNulls: true, isTotal: true
  ) { columns, count, _ in
    let bits = columns[1].int32s
    if let first = bits.first, bits.allSatisfy({ $0 == first }), let digest = sha2(first) {
      let result = digests(columns[0], count) { digest.digest(of: $0) }
      return Column(
        .string, count: count, validity: validity(of: columns), result.values)
    }
    return rowDigests(columns, count)
  }

  private static func rowDigests(_ columns: [Column], _ count: Int) -> Column {
    let builder = ColumnBuilder(.string, capacity: count)
    for row in 0..<count {
      guard !columns[0].isNull(row), !columns[1].isNull(row),
        let digest = sha2(columns[1].int32s[row])
      else {
        builder.appendNull()
        continue
      }
      let bytes = columns[0].withBytes { digest.digest(of: $0[row]) }
      builder.append(bytes: hexText(bytes).utf8)
    }
    return builder.finish()
  }

  private static func sha2(_ bits: Int32) -> MessageDigest? {
    switch bits {
    case 224: .sha224
    case 0, 256: .sha256
    case 384: .sha384
    case 512: .sha512
    default: nil
    }
  }

  private static func crc32(_ bytes: TextBytes) -> UInt32 {
    var value: UInt32 = ~0
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    return ~value
  }
}
