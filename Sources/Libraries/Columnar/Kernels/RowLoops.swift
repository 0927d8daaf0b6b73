// Loops over rows with one body that is inlined: what a kernel is made of.

/// `body` of each value.
@inlinable @inline(__always)
package func mapRows<Value, Result>(
  _ values: [Value], _ body: (Value) throws -> Result
) rethrows -> [Result] {
  try [Result](unsafeUninitializedCapacity: values.count) { target, count in
    try values.withUnsafeBufferPointer { values in
      for row in 0..<values.count {
        (target.baseAddress! + row).initialize(to: try body(values[row]))
      }
    }
    count = values.count
  }
}

/// `body` of each pair of values; both arrays have one length.
@inlinable @inline(__always)
package func mapRows<Left, Right, Result>(
  _ left: [Left], _ right: [Right], _ body: (Left, Right) throws -> Result
) rethrows -> [Result] {
  precondition(left.count == right.count, "both sides have the same rows")
  return try [Result](unsafeUninitializedCapacity: left.count) { target, count in
    try left.withUnsafeBufferPointer { left in
      try right.withUnsafeBufferPointer { right in
        for row in 0..<left.count {
          (target.baseAddress! + row).initialize(to: try body(left[row], right[row]))
        }
      }
    }
    count = left.count
  }
}

/// `body` of each row number below `count`.
@inlinable @inline(__always)
package func fillRows<Result>(
  _ rowCount: Int, _ body: (Int) throws -> Result
) rethrows -> [Result] {
  try [Result](unsafeUninitializedCapacity: rowCount) { target, count in
    for row in 0..<rowCount { (target.baseAddress! + row).initialize(to: try body(row)) }
    count = rowCount
  }
}

extension Bitmap {
  /// One bit a row: what `test` says of it.
  @inlinable @inline(__always)
  package init(count: Int, where test: (Int) throws -> Bool) rethrows {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for index in 0..<words.count {
      var word: UInt64 = 0
      let start = index << 6
      for bit in 0..<min(64, count - start) where try test(start + bit) {
        word |= 1 << UInt64(bit)
      }
      words[index] = word
    }
    self.init(words: words, count: count)
  }

  /// The bits set in both; nil stands for all bits set.
  package static func both(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left else { return right }
    guard let right else { return left }
    return left & right
  }

  /// The first set bit's position, or nil.
  package var firstSet: Int? {
    for (index, word) in words.enumerated() where word != 0 {
      return index << 6 + word.trailingZeroBitCount
    }
    return nil
  }

  /// The bitmap, or nil when all its bits are set: how columns say that nothing is NULL.
  package var unlessAllSet: Bitmap? { isAllSet ? nil : self }
}

/// The strings of a column, plain or under a dictionary, by row; valid inside `withBytes` only.
package struct ByteView {
  @usableFromInline let codes: UnsafePointer<Int32>?
  @usableFromInline let offsets: UnsafePointer<Int32>
  @usableFromInline let bytes: UnsafePointer<UInt8>?

  @usableFromInline init(
    codes: UnsafePointer<Int32>?, offsets: UnsafePointer<Int32>, bytes: UnsafePointer<UInt8>?
  ) {
    self.codes = codes
    self.offsets = offsets
    self.bytes = bytes
  }

  /// The bytes of one value. Rows under a NULL must not be asked for.
  @inlinable @inline(__always)
  package subscript(row: Int) -> UnsafeBufferPointer<UInt8> {
    let entry = codes.map { Int($0[row]) } ?? row
    let start = Int(offsets[entry])
    let length = Int(offsets[entry + 1]) - start
    return UnsafeBufferPointer(start: bytes.map { $0 + start }, count: length)
  }
}

extension Column {
  /// Calls `body` with a view of the strings or binaries of this column.
  @inlinable @inline(__always)
  package func withBytes<Result>(_ body: (ByteView) throws -> Result) rethrows -> Result {
    switch values {
    case .bytes(let runs):
      return try runs.offsets.withUnsafeBufferPointer { offsets in
        try runs.bytes.withUnsafeBufferPointer { bytes in
          try body(
            ByteView(codes: nil, offsets: offsets.baseAddress!, bytes: bytes.baseAddress))
        }
      }
    case .dictionary(let codes, let dictionary):
      return try codes.withUnsafeBufferPointer { codes in
        try dictionary.values.offsets.withUnsafeBufferPointer { offsets in
          try dictionary.values.bytes.withUnsafeBufferPointer { bytes in
            try body(
              ByteView(
                codes: codes.baseAddress, offsets: offsets.baseAddress!,
                bytes: bytes.baseAddress))
          }
        }
      }
    default: preconditionFailure("a \(type.sql) column has no bytes")
    }
  }
}
