import Core
package import LakeJobs

/// What a system needs at the source before changes can be taken, and how its extraction stands;
/// each as its method has it.
package struct SourceSetup {
  private let system: SourcesFile.SourceSystem
  private let workspace: Workspace

  package init(of system: SourcesFile.SourceSystem, _ workspace: Workspace) {
    self.system = system
    self.workspace = workspace
  }

  /// Makes what is needed, and gives what a person should know of it, a line each.
  package func make() throws -> [String] {
    switch system.method {
    case .logical: try LogicalSetup(of: system, in: workspace.lake).make()
    case .triggers: try TriggerSetup(of: system, workspace).make()
    case .compare, .cursor, .events: throw needless
    }
  }

  /// Takes away what `make` made; bronze stays.
  package func remove() throws -> [String] {
    switch system.method {
    case .logical: try LogicalSetup(of: system, in: workspace.lake).remove()
    case .triggers: try TriggerSetup(of: system, workspace).remove()
    case .compare, .cursor, .events: throw needless
    }
  }

  /// How the extraction stands, in words.
  package func standing() throws -> [String] {
    switch system.method {
    case .logical: try LogicalStanding(of: system, workspace).lines()
    case .triggers: try TriggerSetup(of: system, workspace).standing()
    case .compare, .cursor, .events:
      ["\(system.name): is read by '\(system.method.rawValue)', and keeps nothing at the source"]
    }
  }

  private var needless: Fault {
    Fault(
      .usage, at: system.place,
      "changes of '\(system.name)' are found by '\(system.method.rawValue)', which needs no set-up",
      remedy: "extract it as it is, or choose another 'cdc:' in sources.yml")
  }
}
