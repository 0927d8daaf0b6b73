import ArgumentParser
import Core
import Extraction
import LakeJobs
import UnixTool

/// What is done with a source instead of taking its changes.
struct SourceOptions: ParsableArguments {
  @Flag(name: .customLong("setup"), help: "make what SYSTEM needs at the source")
  var isSetup = false

  @Flag(name: .customLong("teardown"), help: "take that away from SYSTEM again")
  var isTeardown = false

  @Flag(name: .customLong("where"), help: "tell in words what is read next")
  var isWhere = false

  @Option(
    help: ArgumentHelp(
      "for tables whose place is lost: rebuild or adopt", valueName: "WAY"))
  var resume: Resumption?

  /// Whether something is made, or taken away, at the source.
  var changesSource: Bool { isSetup || isTeardown }

  /// Does what was asked for with `systems`, of which `operands` name some; false when nothing was.
  func act(
    on systems: [SourcesFile.SourceSystem], _ operands: [String], _ workspace: Workspace,
    _ console: Console
  ) throws -> Bool {
    let asked = [isSetup, isTeardown, isWhere].filter { $0 }.count
    if asked == 0 { return false }
    guard asked == 1 else {
      throw Fault(
        .usage, "--setup, --teardown and --where are three things", remedy: "do one at a time")
    }
    let chosen = systems.filter { operands.contains($0.name) || isWhere && operands.isEmpty }
    guard chosen.count == operands.count || operands.isEmpty, isWhere || chosen.count == 1 else {
      throw Fault(
        .usage, "\(isSetup ? "--setup" : isTeardown ? "--teardown" : "--where") is for systems",
        remedy: "name \(isWhere ? "them" : "one") of sources.yml")
    }
    for system in chosen {
      do {
        let setup = SourceSetup(of: system, workspace)
        let lines =
          isSetup ? try setup.make() : isTeardown ? try setup.remove() : try setup.standing()
        for line in lines { try console.write(line) }
      } catch {
        console.fail(error)
      }
    }
    return true
  }
}

extension Resumption: ExpressibleByArgument {}

extension SourcesFile.SourceSystem {
  /// The system with its password in place of the secret's name.
  func resolved(in folder: String) throws(Fault) -> SourcesFile.SourceSystem {
    var system = self
    let parted = SecretAddress.parted(location)
    if kind == .postgresql { system.location = parted.address }
    guard let text = password ?? (kind == .postgresql ? parted.password : nil) else {
      return system
    }
    do throws(Fault) {
      system.password = try Secret.resolve(text, in: folder)
    } catch {
      throw error.placed(at: place)
    }
    return system
  }
}
