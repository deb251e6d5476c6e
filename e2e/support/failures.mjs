// What failed, and nothing else: a reporter for whoever looks at the end of a long output first.
import { relative } from 'node:path';

/** The test's place, its name and its message. A suite that failed by one of its tests adds nothing. */
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

/** Less the way through the runner. */
const indented = (text) => text.split('\n').filter((line) => !/^\s+at .*\bnode:/.test(line)).slice(0, 40).map((line) => `    ${line}`).join('\n');
