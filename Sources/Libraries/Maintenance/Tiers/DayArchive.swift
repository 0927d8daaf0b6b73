import Bronze
import Columnar
import Core
import JSON
import LakeJobs

/// Writes one day of a bronze table as one file that needs no program of ours to be read.
///
///     tar xf ingest_date=2026-03-01.tar && sha256sum -c SHA256SUMS
///     zstd -dc ingest_date=2026-03-01/*.json.zst
///
/// In it stand what it is and how it is read (`README.txt`), the table's columns (`schema.sql`),
/// the files as the log names them, where in each which line begins (`index.json`), and the digest
/// of every one (`SHA256SUMS`). The files lie in it as they are, so that ours are read in place.
struct DayArchive {
  private let day: TierPlan.Day
  private let contract: BronzeContract
  private let draft: any DraftFile
  private let path: String
  private let clock: Clock
  private var extents: [String: DayPlacement.Extent] = [:]
  private var sums: [String] = []
  private var index: [JSONValue] = []

  /// Begins the archive of `day` that will lie at `path`, which placements call `name`.
  init(
    _ day: TierPlan.Day, of contract: BronzeContract, at path: String, in lake: Lake
  ) throws(Fault) {
    self.day = day
    self.contract = contract
    self.path = path
    clock = lake.clock
    draft = try lake.fileSystem.draft(path, replacing: true)
    do throws(Fault) {
      try add("README.txt", Array(readMe.utf8))
      try add("schema.sql", Array(schema.utf8))
    } catch {
      draft.discard()
      throw error
    }
  }

  /// Adds a file of the day, which placements find in the archive called `name`.
  mutating func add(_ file: RepackedFile, inArchive name: String) throws(Fault) {
    try begin(file.file.path, byteCount: file.byteCount)
    let offset = draft.byteCount
    try file.pieces { piece throws(Fault) in try draft.append(piece) }
    try draft.append(TarHeader.padding(after: file.byteCount))
    extents[file.file.path] = DayPlacement.Extent(
      path: name, offset: offset, byteCount: file.byteCount, digest: file.digest)
    sums.append("\(file.digest)  \(file.file.path)\n")
    index.append([
      "file": .string(file.file.path), "rows": JSONValue(file.file.rowCount),
      "offset": JSONValue(offset), "bytes": JSONValue(file.byteCount),
      "sha256": .string(file.digest), "content_sha256": .string(file.contentDigest),
      "committed_sha256": .string(file.file.digest),
      "frames": .array(
        file.frames.map { [JSONValue($0.line), JSONValue($0.offset), JSONValue($0.byteCount)] }),
    ])
  }

  /// Gives the archive its name; where each file lies in it.
  mutating func publish() throws(Fault) -> [String: DayPlacement.Extent] {
    let lines = index.map { JSONWriter.text($0) + "\n" }.joined()
    try add("index.json", Array(lines.utf8))
    try add("SHA256SUMS", Array(sums.joined().utf8), isSummed: false)
    try draft.append(TarHeader.end)
    _ = try draft.publish()
    return extents
  }

  func discard() { draft.discard() }

  private mutating func add(
    _ name: String, _ bytes: [UInt8], isSummed: Bool = true
  ) throws(Fault) {
    try begin(name, byteCount: bytes.count)
    try draft.append(bytes)
    try draft.append(TarHeader.padding(after: bytes.count))
    if isSummed { sums.append("\(hexText(SHA256.digest(of: bytes)))  \(name)\n") }
  }

  private func begin(_ name: String, byteCount: Int) throws(Fault) {
    guard let header = TarHeader(name, byteCount: byteCount, modified: clock.now) else {
      throw Fault(
        .data, at: Place(path), "'\(name)' is too long for a tar archive, or its name is",
        remedy: "let the day be as it is: 'tier.archive' = 'never'")
    }
    try draft.append(header.bytes)
  }

  private var schema: String {
    let columns = contract.schema.fields.map { field in
      "  `\(field.name.replacing("`", with: "``"))` \(field.type.sql)"
    }
    return "-- \(contract.comment ?? "Rows as they came.")\n"
      + "CREATE TABLE \(contract.name) (\n\(columns.joined(separator: ",\n"))\n) USING "
      + "\(contract.format);\n"
  }

  private var readMe: String {
    """
    \(contract.name), what came in on \(day.date): \(counted(day.rowCount, "row")) in \
    \(counted(day.files.count, "file")).

    Each file holds rows as they came (\(contract.format)); a name that ends in .zst is compressed:
    zstd -dc FILE. Files below _rejected hold what was refused at the door, with the reason.

    schema.sql   the table's columns
    index.json   a line a file: rows, its place in this archive, and its frames as
                 [first line, first byte, bytes]: each frame unpacks without the others
    SHA256SUMS   sha256sum -c SHA256SUMS


    """
  }
}
