import Compression
package import Core
import TextFormats

/// Some whole lines of a bronze file: what one thread reads at a time.
package struct BronzeSlice: Sendable {
  let file: RawFile
  let lines: LineChunk

  /// How much text it has.
  package var byteCount: Int { lines.bytes.count }
}

/// Cuts files of lines into slices, in order. Where a slice ends depends on the files alone.
package final class BronzeSlices {
  /// A slice ends when it has so many bytes.
  private static let byteCount = 1 << 20

  private let fileSystem: any FileSystem
  private var files: ArraySlice<RawFile>
  private var current: (file: RawFile, lines: LineSplitter)?

  package init(_ files: [RawFile], _ fileSystem: any FileSystem) {
    self.files = files[...]
    self.fileSystem = fileSystem
  }

  /// The next slice; nil at the end.
  package func next() throws(Fault) -> BronzeSlice? {
    while true {
      if let (file, lines) = current {
        if let chunk = try lines.next() { return BronzeSlice(file: file, lines: chunk) }
        current = nil
      }
      guard let file = files.popFirst() else { return nil }
      let bytes = DecompressingReader(try file.open(fileSystem), at: Place(file.path))
      let lines = LineSplitter(
        bytes, maximumLineLength: JSONLinesOptions().maximumLineLength,
        chunkByteCount: BronzeSlices.byteCount)
      current = (file, lines)
    }
  }
}
