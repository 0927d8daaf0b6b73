import Core
import JSON

/// What an erasure has begun to replace, a place a line, written before: a run that goes on where
/// another was stopped knows what stood there, and what logs may say wrong.
final class ErasureJournal {
  private let path: String
  private let files: any FileSystem
  private var places: [String: ErasedPlace]?

  init(_ path: String, _ files: any FileSystem) {
    self.path = path
    self.files = files
  }

  /// What stood in the place called `name`; nil when nobody has begun with it.
  func place(_ name: String) throws(Fault) -> ErasedPlace? { try known()[name] }

  func add(_ place: ErasedPlace) throws(Fault) {
    guard try self.place(place.name) == nil else { return }
    try files.appendLines(JSONWriter.bytes(place.json) + [UInt8(ascii: "\n")], to: path)
    places?[place.name] = place
  }

  private func known() throws(Fault) -> [String: ErasedPlace] {
    if let places { return places }
    var found: [String: ErasedPlace] = [:]
    if try files.exists(path) {
      let text = String(decoding: try files.read(path), as: UTF8.self)
      for line in text.split(separator: "\n") {
        // A line that a crash left torn was of a file that nobody had begun with.
        guard let json = try? JSONValue(parsing: String(line)), let place = ErasedPlace(json) else {
          continue
        }
        found[place.name] = place
      }
    }
    places = found
    return found
  }
}
