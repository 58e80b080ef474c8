import { configureGlobal } from 'fast-check';

// The same cases for each change of the code, so that two runs give one result. No shrinking: the question is whether a test fails.
configureGlobal({ seed: 1, endOnFailure: true, interruptAfterTimeLimit: 15_000 });
