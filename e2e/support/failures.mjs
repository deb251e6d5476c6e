// Test reporter that prints failures only, for readers who start at the end of a long output.
import { relative } from 'node:path';

/** Prints the test's place, name and message. A suite that failed because of one of its tests is left out. */
export default async function* failures(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:fail') continue;
    const { error } = data.details;
    if (error.failureType === 'subtestsFailed') continue;
    const place = data.file ? `${relative(process.cwd(), data.file)}:${data.line}` : '';
    const cause = error.cause ?? error;
    yield `✖ ${place} ${data.name}\n${indented(cause.stack ?? cause.message ?? String(cause))}\n`;
  }
}

/** Indents a stack trace and removes the test runner's own frames. */
const indented = (text) => text.split('\n').filter((line) => !/^\s+at .*\bnode:/.test(line)).slice(0, 40).map((line) => `    ${line}`).join('\n');
