// Operations: what is told of runs, and to whom; what ran, and should have, stands in Runs.
//
// Nothing here keeps running: make composes, cron schedules, and the ledger remembers. `Answers/`
// tells why a table stands as it does, what decides when the night is over and what runs short.
// `Backfill/` makes good what is missing, by a plan. `Landing/` wakes when a file lands.
//
// `Facts/` is what is known of the last days, gathered once; `Channels/` are the ways to people,
// `Alerts/` says what is wrong, remembers it and has it told; `Metrics/` puts the facts into gauges
// and `Report/` onto a page.
//
// Begin with `TableWhy`, or for alerts with `ProblemFinder` and `AlertRound`. Tables, and how rows
// come into them, are not known here.
