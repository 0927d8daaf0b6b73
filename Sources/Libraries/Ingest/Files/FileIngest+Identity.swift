import Bronze
import Columnar
import Compression
import Core
import LakeJobs
import TextFormats

extension FileIngest {
  /// Looks at how a file begins; `.data` when that is not what its contract says. The SHA-256 of
  /// its bytes unpacked, where it is compressed.
  func contentDigest(_ file: any ReadableFile, at place: Place) throws -> String? {
    let unpacked = DecompressingReader(file, at: place)
    let first = try FirstBytes(of: unpacked)
    if let mismatch = try mismatch(first) { throw mismatch.fault(at: place) }
    guard unpacked.codec != .none else { return nil }
    if contract.format == "parquet" {
      throw Fault(
        .data, at: place, "the whole file is compressed, which Parquet is not",
        remedy: "unpack it, and give that")
    }
    let content = SHA256()
    content.append(first.bytes)
    while let piece = try unpacked.next() { content.append(piece) }
    return hexText(content.finish())
  }

  private func mismatch(_ first: FirstBytes) throws(Fault) -> FirstBytes.Mismatch? {
    switch contract.format {
    case "parquet": return first.mismatchWithParquet
    case "csv":
      let options = try CSVOptions(spark: contract.options)
      return first.mismatchWithCSV(
        in: options.encoding, columnCount: contract.fieldsInFiles.count, options: options)
    default: return first.mismatchWithLines
    }
  }

  /// Whether what `input` brings was taken before: a pipe by its bytes, a file by its name and
  /// bytes.
  func isKnown(_ input: BronzeInput, isPipe: Bool, _ known: KnownInputs) -> Bool {
    isPipe ? known.contains(bytesOf: input) : known.contains(input)
  }
}
