import Glibc

/// Does nothing for so long; not at all for a length of time that has passed.
package func pause(_ length: Duration) {
  let (seconds, attoseconds) = length.components
  guard seconds >= 0, length > .zero else { return }
  var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
  nanosleep(&time, nil)
}
