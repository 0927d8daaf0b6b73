package import Core

/// Where the files lie that the log names, data files and those of deletion vectors.
extension Table {
  /// What the names of files of deletion vectors begin with, and end with.
  package static let vectorPrefix = "deletion_vector_"
  package static let vectorSuffix = ".bin"

  /// Where on disk the data file with `path` in the log stands.
  package func location(ofFile path: String) throws(Fault) -> String {
    if let scheme = FilePath.foreignScheme(of: path) {
      throw Fault(
        .data, at: Place(self.path), "a data file lies in another store: \(scheme)",
        remedy: "copy the table's files beside its log")
    }
    let decoded = FilePath.decode(path)
    return decoded.hasPrefix("/") ? decoded : "\(self.path)/\(decoded)"
  }

  /// Where on disk a deletion vector lies; nil for one that stands in the log itself.
  func location(of vector: DeletionVectorDescriptor) throws(Fault) -> String? {
    let text = vector.pathOrInline
    switch vector.storageType {
    case "i": return nil
    case "u":
      // A UUID in 20 letters of base 85, behind a random folder name.
      guard text.utf8.count >= 20, let bytes = Z85.decode(String(text.suffix(20))),
        bytes.count == 16
      else { throw Action.malformed("a deletion vector's name", at: Place(log.path)) }
      let folder = text.dropLast(20)
      return "\(path)/\(folder.isEmpty ? "" : folder + "/")\(Self.vectorName(bytes))"
    default: return try location(ofFile: text)
    }
  }

  /// The name of the file of deletion vectors with the UUID `bytes`.
  static func vectorName(_ bytes: [UInt8]) -> String {
    vectorPrefix + dashed(hexText(bytes)) + vectorSuffix
  }

  /// 32 digits as a UUID is written.
  static func dashed(_ digits: String) -> String {
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }

  /// Whether a file called `name` holds deletion vectors.
  package static func isVectorName(_ name: String) -> Bool {
    name.hasPrefix(vectorPrefix) && name.hasSuffix(vectorSuffix)
  }

  /// Where on disk lies what a reader of the file needs: itself, and its deletion vector.
  package func locations(of file: AddedFile) throws(Fault) -> [String] {
    try locations(file.path, file.deletionVector)
  }

  /// The same of a file that was removed.
  package func locations(of file: RemovedFile) throws(Fault) -> [String] {
    try locations(file.path, file.deletionVector)
  }

  /// What a version of the table needs, as paths below its folder; those elsewhere as they are.
  package func livePaths(of snapshot: Snapshot) throws(Fault) -> Set<String> {
    var paths: Set<String> = []
    for file in snapshot.files {
      for place in try locations(of: file) { paths.insert(relativePath(place)) }
    }
    return paths
  }

  private func locations(
    _ path: String, _ vector: DeletionVectorDescriptor?
  ) throws(Fault) -> [String] {
    let own = try location(ofFile: path)
    guard let vector, let other = try location(of: vector) else { return [own] }
    return [own, other]
  }

  /// A place on disk as a path below the table's folder; one elsewhere as it is.
  package func relativePath(_ place: String) -> String {
    place.hasPrefix("\(path)/") ? String(place.dropFirst(path.utf8.count + 1)) : place
  }
}
