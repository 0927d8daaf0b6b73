package import Core
import Glibc
import Synchronization

/// A backup place that no more than so many bytes a second go to.
package final class ThrottledPlace: BackupPlace {
  private let place: any BackupPlace
  private let bytesPerSecond: Int
  private let start = ContinuousClock.now
  private let written = Mutex(0)

  package init(_ place: any BackupPlace, bytesPerSecond: Int) {
    self.place = place
    self.bytesPerSecond = bytesPerSecond
  }

  package var name: String { place.name }

  package func list(_ folder: String) throws(Fault) -> [StoredFile] { try place.list(folder) }

  package func read(_ file: String, at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    try place.read(file, at: offset, count: count)
  }

  package func read(_ file: String) throws(Fault) -> [UInt8] { try place.read(file) }

  package func write(_ file: String, _ bytes: [UInt8]) throws(Fault) {
    try place.write(file, bytes)
    let total = written.withLock { count in
      count += bytes.count
      return count
    }
    // Over the whole run the rate holds; within it a file goes as fast as it can.
    let due = Double(total) / Double(bytesPerSecond)
    let ahead = due - (ContinuousClock.now - start) / .seconds(1)
    if ahead > 0 { usleep(UInt32(min(ahead, 3_600) * 1_000_000)) }
  }

  package func remove(_ file: String) throws(Fault) { try place.remove(file) }

  package func path(of file: String) -> String? { place.path(of: file) }
}
