import CZlib
import CZstd
import Core

/// Why a library did not give what compressed bytes hold.
enum DecompressionFailure {
  /// The bytes are not what was written.
  case damage
  /// There is no memory for the work, which says nothing about the bytes.
  case lackOfMemory
  /// The bytes may be as they were written, but were written for a reader that has more.
  case foreign(problem: String, remedy: String)

  /// What an error of zstd means.
  init(zstd result: Int) {
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_memory_allocation: self = .lackOfMemory
    case ZSTD_error_frameParameter_windowTooLarge:
      self = .foreign(
        problem: "looks back further than 128 MiB",
        remedy: "compress it again, without --long or with --long=27")
    case ZSTD_error_dictionary_wrong:
      self = .foreign(
        problem: "was made with a dictionary, which is not in it",
        remedy: "compress it again without one")
    case ZSTD_error_version_unsupported, ZSTD_error_frameParameter_unsupported:
      self = .foreign(
        problem: "is of another version of zstd's format", remedy: "compress it again, with zstd 1")
    default: self = .damage
    }
  }

  /// What a status of zlib means that is none of success.
  init(zlib status: Int32) { self = status == Z_MEM_ERROR ? .lackOfMemory : .damage }

  /// The fault of `what`, as in "zstd stream".
  func fault(of what: String, at place: Place?) -> Fault {
    switch self {
    case .damage:
      Fault(
        .data, at: place, "\(what) is damaged", remedy: "get the file again from where it came from"
      )
    case .lackOfMemory: .outOfMemory("a \(what)", at: place)
    case .foreign(let problem, let remedy):
      Fault(.data, at: place, "\(what) \(problem)", remedy: remedy)
    }
  }
}
