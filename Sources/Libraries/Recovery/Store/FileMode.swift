import Core
import Glibc

/// Who may do what with a file or folder, as the system has it; for one that is not there, what a
/// new file has.
func fileMode(of path: String) -> UInt32 {
  var facts = stat()
  guard withSystemPath(path, { stat($0, &facts) }) == 0 else { return 0o644 }
  return UInt32(facts.st_mode) & 0o777
}
