import Core

/// Puts deletion vectors where readers find them: short ones into the log itself, the others
/// together into one file of the table.
struct VectorFile {
  /// A vector of so many bytes is no file worth: it stands in the log, and in each checkpoint.
  static let inlineLimit = 512

  private let table: Table
  private let runID: String

  /// For the vectors of one change that the run `runID` makes.
  init(_ table: Table, runID: String) {
    self.table = table
    self.runID = runID
  }

  /// The descriptions of `vectors`, in their order; what they point at is on the disk.
  func write(_ vectors: [DeletionVector]) throws(Fault) -> [DeletionVectorDescriptor] {
    var content = [DeletionVector.fileVersion]
    var descriptors: [DeletionVectorDescriptor] = []
    for vector in vectors {
      let bytes = vector.bytes
      if bytes.count <= Self.inlineLimit {
        descriptors.append(vector.inline)
        continue
      }
      descriptors.append(
        DeletionVectorDescriptor(
          storageType: "u", pathOrInline: "", offset: content.count, byteCount: bytes.count,
          rowCount: vector.positions.count))
      content += DeletionVector.framed(bytes)
    }
    guard content.count > 1 else { return descriptors }
    // A name of its own, which the same run gives the same bytes again.
    let id = RunID(naming: "\(runID) \(hexText(SHA256.digest(of: content)))")
    let bytes = Self.bigEndian(id.high) + Self.bigEndian(id.low)
    try table.fileSystem.replace("\(table.path)/\(Table.vectorName(bytes))", content)
    for index in descriptors.indices where descriptors[index].storageType == "u" {
      descriptors[index].pathOrInline = Z85.encode(bytes)
    }
    return descriptors
  }

  private static func bigEndian(_ half: UInt64) -> [UInt8] {
    withUnsafeBytes(of: half.bigEndian) { Array($0) }
  }
}
