import ArgumentParser

/// What it takes to erase persons again who left after an epoch was taken.
struct ErasingOptions: ParsableArguments {
  @Option(
    name: .customLong("erase-by"),
    help: ArgumentHelp(
      "job files that say what columns hold of persons (default: the epoch's)", valueName: "DIR"))
  var jobs: String?

  @Option(
    help: ArgumentHelp(
      "master keys of what lies sealed: a folder, command:PROGRAM, or MEDALLION_KEYS",
      valueName: "PLACE"))
  var keys: String?
}
