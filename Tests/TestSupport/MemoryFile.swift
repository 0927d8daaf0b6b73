package import Core

/// A file in memory, to read from.
package final class MemoryFile: ReadableFile {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var byteCount: Int { bytes.count }

  package func read(at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    precondition(offset >= 0 && count >= 0 && offset <= bytes.count)
    return Array(bytes[offset..<min(bytes.count, offset + count)])
  }
}
