package import Core

/// What a job may be called: its name is part of those of its lock and its logs.
package enum JobName {
  private static let longest = 211

  /// Refuses what is no name of a job.
  package static func check(_ name: String, at place: Place? = nil) throws(Fault) {
    let isPlain = name.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "._-".utf8.contains(byte) || byte > 127
    }
    guard isPlain, shown(name) == name, let first = name.utf8.first, first != UInt8(ascii: "."),
      first != UInt8(ascii: "-"), name.utf8.count <= longest
    else {
      throw Fault(
        .usage, at: place, "'\(name)' cannot be the name of a job",
        remedy: "name it with letters, digits, '.', '_' and '-', at most \(longest) of them")
    }
  }
}
