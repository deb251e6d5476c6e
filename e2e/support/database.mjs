// The service's SQLite file, for changes that no page and no command can make, such as letting ten
// minutes pass. Python has the driver; Node 20 has none.
import { execFileSync } from 'node:child_process';
import { authEnvFile } from './env.mjs';
import { settings } from './operator.mjs';

const file = () => settings().DATABASE_URL?.match(/^sqlite:(.+)$/)?.[1];

/** Reason to skip tests that change rows, or false. */
export const needsDatabase = authEnvFile && file() ? false : 'needs E2E_AUTH_ENV_FILE with an SQLite DATABASE_URL';

const program = `
import json, sqlite3, sys
file, statement, values = json.load(sys.stdin)
with sqlite3.connect(file, timeout=30) as database:
    print(database.execute(statement, values).rowcount)
`;

/** Runs one statement and returns the number of changed rows. */
export function change(statement, ...values) {
  const input = JSON.stringify([file(), statement, values]);
  return Number(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }));
}

/** As if ten minutes had passed since this person gave their password, in every browser. */
export function proofsGrowOld(email) {
  change(
    `UPDATE sessions SET proven_at = strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now', '-11 minutes')
     WHERE user_id = (SELECT id FROM users WHERE email = ?)`,
    email,
  );
}
