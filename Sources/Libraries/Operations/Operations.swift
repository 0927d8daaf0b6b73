// Operations: what ran, when and how it ended; what should have run, and who is told.
//
// Nothing here keeps running: make composes, cron schedules, and these rooms remember. `Ledger/` is
// the memory of runs in `<lake>/_runs`, with the locks that say what runs now. `Processes/` starts
// a command so that none of what it starts outlives it, tries it again and keeps its talk.
// `Calendars/` says which intervals there should be. `Answers/` tells why a table stands as it
// does, what decides when the night is over and what runs short. `Backfill/` makes good what is
// missing, by a plan. `Landing/` wakes when a file lands.
//
// `Facts/` is what is known of the last days, gathered once; `Channels/` are the ways to people,
// `Alerts/` says what is wrong, remembers it and has it told; `Metrics/` puts the facts into gauges
// and `Report/` onto a page.
//
// Begin with `RunLedger`, or for alerts with `ProblemFinder` and `AlertRound`. Tables, and how rows
// come into them, are not known here.
