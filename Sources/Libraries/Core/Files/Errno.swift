import Glibc

/// What a failed system call was for: it decides the kind of the fault and its remedy.
enum FileAction: Sendable {
  case reading
  case creating
  case writing
}

/// The fault for the system error `code` met at `path`.
func fileFault(_ action: FileAction, _ path: String, code: Int32 = errno) -> Fault {
  let problem = "\(verb(action)): \(systemErrorText(code))"
  switch code {
  case ENOENT where action == .reading, ENOTDIR where action == .reading:
    return Fault(.missing, at: Place(path), "no such file or directory", remedy: "check the path")
  case ELOOP where action == .reading:
    return Fault(
      .missing, at: Place(path), "this link leads back to itself", remedy: "remove the link")
  case ELOOP:
    let kind: Fault.Kind = action == .creating ? .cannotCreate : .io
    return Fault(
      kind, at: Place(path), "this is a link, and nothing is written through one",
      remedy: "remove the link")
  case ENOSPC, EDQUOT:
    return Fault(.io, at: Place(path), problem, remedy: "free some space, and run again")
  case EACCES, EPERM, EROFS:
    let kind: Fault.Kind = action == .creating ? .cannotCreate : .io
    return Fault(kind, at: Place(path), problem, remedy: "give this user the right to it")
  case EMFILE, ENFILE:
    return Fault(.io, at: Place(path), problem, remedy: "raise 'ulimit -n', and run again")
  case ENOENT, ENOTDIR, EEXIST, ENAMETOOLONG, EISDIR:
    let kind: Fault.Kind = action == .creating ? .cannotCreate : .io
    return Fault(kind, at: Place(path), problem, remedy: "check the path")
  default:
    return Fault(.io, at: Place(path), problem, remedy: "check the disk, and run again")
  }
}

/// The system's words for `code`, beginning in lower case: `no space left on device`.
package func systemErrorText(_ code: Int32) -> String {
  // glibc keeps this text per thread.
  let text = String(cString: strerror(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}

private func verb(_ action: FileAction) -> String {
  switch action {
  case .reading: "cannot read"
  case .creating: "cannot create"
  case .writing: "cannot write"
  }
}
