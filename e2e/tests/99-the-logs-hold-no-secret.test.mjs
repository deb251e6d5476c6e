// Log check: no password, cookie value or CSRF value of this run is in any log (L1). Runs last: it
// needs what the others used.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { logs } from '../support/env.mjs';
import { rememberedSecrets } from '../support/secrets.mjs';

describe('the logs', { skip: logs.length > 0 ? false : 'needs E2E_AUTH_LOG and E2E_DEMO_LOG' }, () => {
  for (const log of logs) {
    it(`L1: ${log.split('/').at(-1)} holds none of the secrets used`, (t) => {
      const secrets = rememberedSecrets();
      const text = readFileSync(log, 'utf8');
      assert.ok(text.length > 0, 'the log is not empty');
      for (const kind of ['password', 'cookie', 'csrf']) assert.ok(secrets.some((secret) => secret.kind === kind), `the suite used a ${kind}`);
      const leaked = secrets.filter((secret) => text.includes(secret.text)).map(({ kind, text: value }) => `${kind} ${value.slice(0, 6)}…`);
      assert.deepEqual(leaked, []);
      t.diagnostic(`${secrets.length} secrets, ${text.length} bytes of log, 0 hits`);
    });

    it(`L4: ${log.split('/').at(-1)} holds no query string of the login page`, () => {
      const text = readFileSync(log, 'utf8');
      assert.doesNotMatch(text, /\/(login|register|logout)\?next=/);
    });
  }
});
