// Runs: what runs, what ran, when and how it ended; and what should have run.
//
// Nothing here keeps running: make composes, cron schedules, and these rooms remember. `Ledger/` is
// the memory of runs in `<lake>/_runs`, with the locks that say what runs now. `Processes/` starts
// a command so that none of what it starts outlives it, tries it again and keeps its talk.
// `Calendars/` says which intervals there should be.
//
// Begin with `JobRun` and `RunLedger`. No lake, table or job file but the schedule is known here:
// run-job is begun for every step of a night, and what it does not know it need not load.
