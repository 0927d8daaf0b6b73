import CSnappy
import Core

/// Snappy's raw format: no frame, no checksum.
func compressSnappy(_ block: [UInt8]) throws(Fault) -> [UInt8] {
  let bound = snappy_max_compressed_length(block.count)
  var status = SNAPPY_OK
  let bytes = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
    block.withUnsafeBytes { input in
      var length = bound
      status = snappy_compress(
        input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
        UnsafeMutableRawPointer(output.baseAddress!).assumingMemoryBound(to: CChar.self), &length)
      count = status == SNAPPY_OK ? length : 0
    }
  }
  guard status == SNAPPY_OK else {
    throw Fault(.internal, "snappy: status \(status.rawValue)", remedy: "report it")
  }
  return bytes
}

/// Nil when `block` is damaged or does not hold `expected` bytes.
func decompressSnappy(_ block: ArraySlice<UInt8>, _ expected: Int) -> [UInt8]? {
  block.withUnsafeBytes { input -> [UInt8]? in
    let source = input.baseAddress?.assumingMemoryBound(to: CChar.self)
    var length = 0
    guard snappy_uncompressed_length(source, input.count, &length) == SNAPPY_OK,
      length == expected
    else { return nil }
    var isGood = true
    let bytes = [UInt8](unsafeUninitializedCapacity: max(1, expected)) { output, count in
      let target = UnsafeMutableRawPointer(output.baseAddress!)
      isGood =
        snappy_uncompress(
          source, input.count, target.assumingMemoryBound(to: CChar.self), &length) == SNAPPY_OK
      count = isGood ? length : 0
    }
    return isGood ? bytes : nil
  }
}
