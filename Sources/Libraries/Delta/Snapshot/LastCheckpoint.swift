import JSON

/// The hint to the newest checkpoint, which spares readers a look at all names.
enum LastCheckpoint {
  /// The version that the hint's bytes name; nil when they name none.
  static func version(_ bytes: [UInt8]) -> Int64? {
    (try? JSONValue(parsing: bytes))?["version"]?.int64
  }
}
