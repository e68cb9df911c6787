import fc from 'fast-check'

// Set up before each file of tests. The same sequences in every run, so that a change fails because
// of what it changed; PROPERTY_SEED=random, or a number, looks for what these do not find.
const wanted = process.env['PROPERTY_SEED'] ?? '20270101'

if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) })
