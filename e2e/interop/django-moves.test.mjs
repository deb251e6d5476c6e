// Import from and export to a real Django: people log in with the same password afterwards (F1).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ownSettings, startAuth, temporaryFolder } from './own-auth.mjs';
import { pythonWithPackages } from './venv.mjs';

const binary = process.env.E2E_AUTH_BIN;
const script = join(import.meta.dirname, 'django_moves.py');

/** One person for each hasher, in Django's order, with passwords that are easily damaged in transit. */
const people = [
  'a plain one that is long enough', 'пингвины 🦀 Grüße', '  spaces before and after  ', `${'x'.repeat(80)} and beyond`,
  'at most 72 bytes, as bcrypt reads', 'quotes " and \\ and <angles> & 100 %',
].map((password, n) => ({ email: `p${n}@example.org`, password }));

const python = (task, database, path, input) => JSON.parse(execFileSync(
  pythonWithPackages(), [script, task, database, path],
  { input: JSON.stringify({ people: input }), encoding: 'utf8', env: { PATH: process.env.PATH } },
));

/** Logs in by the API and returns the status. */
const logIn = (settings, email, password) => new Promise((resolve, reject) => {
  const { host, port } = new URL(settings.AUTH_URL);
  const body = JSON.stringify({ email, password });
  const headers = { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  http.request({ host: '127.0.0.1', port, path: '/api/token/', method: 'POST', headers }, (response) => {
    response.resume();
    resolve(response.statusCode);
  }).on('error', reject).end(body);
});

describe('moving', { skip: binary ? false : 'needs E2E_AUTH_BIN to run an auth-service of its own' }, () => {
  const folder = temporaryFolder();
  const [old, dump, exported] = ['old.sqlite3', 'dump.json', 'export.json'].map((name) => join(folder, name));
  let settings;
  let made;
  const run = (...command) => execFileSync(binary, command, { encoding: 'utf8', env: settings });

  before(async () => {
    const left = python('leave', old, dump, people);
    made = left.made;
    settings = await ownSettings({ BCRYPT_COST: '10' });
    console.log(`# Django ${left.django}`);
  });

  it('takes a dump in, and the database itself, which is the same once more', () => {
    run('migrate');
    assert.match(run('import', 'django', dump, '--dry-run'), /It would be: 6 created/);
    assert.equal(run('users', 'list'), '');
    assert.match(run('import', 'django', dump), /^6 created/m);
    const before = readFileSync(old);
    assert.match(run('import', 'django', `sqlite:${old}`), / 6 unchanged/);
    assert.deepEqual(readFileSync(old), before, 'it was only read');
  });

  it('logs everybody in by the password that Django hashed, and keeps their UUID', async () => {
    await startAuth(binary, settings);
    for (const { email, password } of people) {
      assert.equal(await logIn(settings, email, `!${password}`), 401, email);
      assert.equal(await logIn(settings, email, password), 200, email);
    }
    const listed = run('users', 'list', '--json').trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(listed.map(({ user_uuid: uuid, email }) => ({ uuid, email })), made.map(({ uuid, email }) => ({ uuid, email })));
  });

  it('changes nothing when it is done again, and gives nobody an old hash back', () => {
    for (const policy of ['keep', 'take', 'newest']) {
      assert.match(run('import', 'django', `sqlite:${old}`, '--on-conflict', policy), /Nothing has changed/);
    }
  });

  it('writes what a real Django loads, and everybody logs in there by the hash that we made', () => {
    run('export', 'users', '--output', exported);
    const fields = JSON.parse(readFileSync(exported, 'utf8')).map((one) => one.fields);
    for (const { password } of fields) assert.match(password, /^bcrypt_sha256\$\$2b\$10\$/);
    for (const [n, who] of python('arrive', join(folder, 'new.sqlite3'), exported, people).entries()) {
      assert.deepEqual([who.uuid, who.right, who.wrong], [made[n].uuid, true, false], people[n].email);
    }
  });
});
