import Core
import Synchronization

/// A sealed file as who reads it sees it: the bytes that were sealed, at any offset.
final class SealedReader: ReadableFile {
  let byteCount: Int
  private let file: any ReadableFile
  private let form: SealedForm
  private let path: String
  private let blockCount: Int
  /// The block that was opened last: readers go on where they were.
  private let latest = Mutex<(number: Int, bytes: [UInt8])?>(nil)

  init(_ file: any ReadableFile, at path: String, _ keys: KeyStore?) throws(Fault) {
    self.file = file
    self.path = path
    form = try SealedForm(try file.read(at: 0, count: SealedForm.headLimit), at: path, keys)
    guard let count = form.plainByteCount(of: file.byteCount) else {
      throw SealedForm.damaged(path)
    }
    byteCount = count
    blockCount = max(1, (count + SealedForm.blockByteCount - 1) / SealedForm.blockByteCount)
  }

  var status: FileStatus? {
    guard var status = file.status else { return nil }
    status.byteCount = byteCount
    return status
  }

  func read(at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    guard offset < byteCount, count > 0 else { return [] }
    let end = offset + min(count, byteCount - offset)
    var result: [UInt8] = []
    result.reserveCapacity(end - offset)
    var position = offset
    while position < end {
      let number = position / SealedForm.blockByteCount
      let block = try block(number)
      let start = number * SealedForm.blockByteCount
      let last = min(end - start, block.count)
      result += block[position - start..<last]
      position = start + last
    }
    return result
  }

  private func block(_ number: Int) throws(Fault) -> [UInt8] {
    if let latest = latest.withLock({ $0 }), latest.number == number { return latest.bytes }
    let size = SealedForm.blockByteCount + SealingKey.overhead
    let sealed = try file.read(at: form.head.count + number * size, count: size)
    guard
      let bytes = form.key.open(
        sealed, for: form.place(of: number, isLast: number == blockCount - 1))
    else { throw SealedForm.damaged(path) }
    let expected = min(SealedForm.blockByteCount, byteCount - number * SealedForm.blockByteCount)
    guard bytes.count == expected else { throw SealedForm.damaged(path) }
    latest.withLock { $0 = (number, bytes) }
    return bytes
  }
}
