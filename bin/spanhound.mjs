#!/usr/bin/env node
// An older Node has to get as far as to say that it is one, so nothing here is newer than Node 12 and nothing is imported
// before. A module more for the check would cost every start a millisecond.
if (Number.parseInt(process.version.slice(1), 10) >= 24) import('./command-line.mjs');
else import('./old-node.mjs');
