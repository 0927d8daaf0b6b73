import Synchronization

/// The secrets that this process has met: whatever leaves it as text leaves without them.
package enum KnownSecrets {
  private static let forms = Mutex<[[UInt8]: SecretForms]>([:])
  private static let count = Atomic<Int>(0)

  /// Has `secret` masked from now on; of one of several lines, as keys are, each long one too,
  /// since logs are written by lines.
  package static func add(_ secret: [UInt8]) {
    let lines = secret.split { $0 == 0x0A || $0 == 0x0D }.map(Array.init)
    let parts = [secret] + (lines.count > 1 ? lines.filter { $0.count >= 16 } : [])
    forms.withLock { forms in
      for part in parts where !part.isEmpty && forms[part] == nil {
        forms[part] = SecretForms(part)
      }
      count.store(forms.count, ordering: .relaxed)
    }
  }

  /// `bytes` without any of them; nil when there is none in it.
  package static func masked(_ bytes: [UInt8]) -> [UInt8]? {
    if count.load(ordering: .relaxed) == 0 { return nil }
    let known = forms.withLock { Array($0.values) }
    let ranges = bytes.withUnsafeBufferPointer { bytes in
      known.flatMap { $0.ranges(in: bytes) }
    }.sorted { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    if ranges.isEmpty { return nil }
    var result: [UInt8] = []
    var end = 0
    for range in ranges where range.upperBound > end {
      if range.lowerBound >= end {
        result += bytes[end..<range.lowerBound]
        result += "***".utf8
      }
      end = range.upperBound
    }
    return result + bytes[end...]
  }
}

/// `text` without the secrets that this process has met: for what it tells of others' words.
package func withoutSecrets(_ text: String) -> String {
  KnownSecrets.masked(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? text
}

/// `bytes` without the secrets that this process has met.
package func withoutSecrets(_ bytes: [UInt8]) -> [UInt8] {
  KnownSecrets.masked(bytes) ?? bytes
}
