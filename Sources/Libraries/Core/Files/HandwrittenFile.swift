extension FileSystem {
  /// The bytes of a file that people write, as job files are; `.configuration` when what stands at
  /// `path` is no file, or has more bytes than anybody writes.
  package func readHandwritten(_ path: String) throws(Fault) -> [UInt8] {
    let limit = 16 << 20
    guard let status = try status(of: path) else { return try read(path) }
    let kind = status.isDirectory ? "folder" : status.kind.rawValue
    guard status.kind == .file else {
      throw Fault(
        .configuration, at: Place(path), "this is a \(kind), not a file",
        remedy: "put the file in its place")
    }
    guard status.byteCount <= limit else {
      throw Fault(
        .configuration, at: Place(path), "it has more than \(limit >> 20) MiB, which nobody writes",
        remedy: "put the right file in its place")
    }
    return try read(path, limit: limit)
  }
}
