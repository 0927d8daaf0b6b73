import ArgumentParser
package import Core

/// The run that a run is a part of: `job/identity`, as run-job tells what it starts.
package struct ParentRun: Equatable, Sendable, ExpressibleByArgument {
  package let job: String
  package let id: RunID

  package init?(argument: String) {
    guard let slash = argument.lastIndex(of: "/"), slash > argument.startIndex,
      let id = RunID(argument[argument.index(after: slash)...])
    else { return nil }
    job = String(argument[..<slash])
    self.id = id
  }
}
