// Example sources: they are short, and the documentation quotes them correctly.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { examples, names, runCommand, sources } from './examples.mjs';

const isCode = (line) => !/^\s*((#|\/\/).*|\/\*\*.*\*\/)?$/.test(line);

for (const name of names) {
  it(`${name} has less than 90 lines of code`, () => {
    const lines = Object.values(sources(name)).flatMap((text) => text.split('\n')).filter(isCode);
    assert.ok(lines.length > 20 && lines.length < 90, `${lines.length}`);
  });
}

it('a line of code is one that is neither empty nor a comment alone', () => {
  const text = ['', '  ', '# why', '  // why', '/** What. */', 'code()', '  code() // why', '"""text"""', '*/ code()'];
  assert.deepEqual(text.filter(isCode), ['code()', '  code() // why', '"""text"""', '*/ code()']);
});

it('docs/consumers.md quotes the examples word by word', () => {
  const page = readFileSync(join(examples, '..', 'docs', 'consumers.md'), 'utf8');
  const section = page.slice(page.indexOf('\n## In other languages'));
  const quotes = [...section.matchAll(/```(?:python|js)\n([^]*?)```/g)].map(([, quote]) => quote);
  assert.ok(quotes.length >= names.length, 'each example is quoted');
  const files = names.flatMap((name) => Object.values(sources(name)));
  for (const quote of quotes) assert.ok(files.some((text) => text.includes(quote)), `in no example:\n${quote}`);
});

it('each README ends its shell block with the command that the tests start', () => {
  for (const name of names) assert.match(runCommand(name), /^(python|uvicorn|node) /);
});
