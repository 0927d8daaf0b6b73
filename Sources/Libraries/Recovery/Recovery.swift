// Recovery: the whole suite's state taken as one, kept apart, and brought back.
//
// A backup takes an epoch: lake, positions, warehouse, ledger and job files as they stood together.
// It is proven by being restored, not by having been written.
//
// Rooms, each on those before it: `Store/` is where a backup lies; `Chunks/` makes pieces of files,
// sealed and each kept once; `Repository/` knows epochs, recipients and what may go; `Taking/` cuts
// an epoch out of a lake at work; `Verifying/` holds a backup against itself; `Restoring/` makes a
// lake of an epoch in an empty place; `Drill/` proves that it can be done; `Kit/` is what whoever
// has nothing else begins with.
//
// Begin with `Epoch` and `BackupRepository`. It changes no table of a lake that is at work: it
// reads one, and makes another in an empty place.
