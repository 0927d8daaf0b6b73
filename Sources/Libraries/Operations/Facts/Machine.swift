package import Core
import Glibc

/// The machine that all runs on.
package enum Machine {
  /// What the machine is called.
  package static var name: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "this machine" }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// How much of the disk that `folder` lies on is free, and how large it is, in bytes; nil where
  /// that cannot be said.
  package static func disk(of folder: String) -> (free: Int, size: Int)? {
    var facts = statvfs()
    guard statvfs(folder, &facts) == 0 else { return nil }
    let block = Int(facts.f_frsize)
    return (Int(facts.f_bavail) * block, Int(facts.f_blocks) * block)
  }

  /// How many bytes the files in `folder` and below it have; what cannot be looked at counts
  /// nothing, and links are not followed.
  package static func byteCount(of folder: String, _ files: any FileSystem) -> Int {
    guard let status = try? files.status(of: folder), !status.isLink else { return 0 }
    guard status.isDirectory else { return status.byteCount }
    let names = (try? files.list(folder)) ?? []
    return names.reduce(0) { $0.saturatingAdd(byteCount(of: "\(folder)/\($1)", files)) }
  }
}
