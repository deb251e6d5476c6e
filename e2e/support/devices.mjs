// Devices of one person: browsers and programs that the session list tells apart.
import assert from 'node:assert/strict';
import { change, needsDatabase } from './database.mjs';
import { Client } from './http.mjs';

const mozilla = 'Mozilla/5.0';
const like = 'AppleWebKit/537.36 (KHTML, like Gecko)';

/** Their user agents and addresses, and how many hours ago each was used and logged in. */
export const devices = [
  { userAgent: `${mozilla} (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0`, address: '198.51.100.24', used: 2, began: 40 },
  { userAgent: `${mozilla} (Linux; Android 10; K) ${like} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`, address: '2001:db8:85a3:8d3:1319:8a2e:370:7348', used: 9, began: 90 },
  { userAgent: 'nightly-backup-of-the-wiki-and-the-shop/2.0', address: '2001:db8:85a3:8d3:1319:8a2e:370:7348', used: 13, began: 100 },
  { userAgent: '<script>alert("an odd name")</script>', address: '203.0.113.9', used: 30, began: 110 },
];

/** Logs in from a device. If the database can be changed, also sets its address and times. */
export async function logsInFrom({ userAgent, address, used, began }, who) {
  assert.equal((await new Client({ 'user-agent': userAgent }).logsIn(who)).status, 303);
  if (needsDatabase) return;
  const past = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString().replace('Z', '000Z');
  const owner = '(SELECT id FROM users WHERE email = ?)';
  const changed = change(
    `UPDATE sessions SET address = ?, rotated_at = ?, began_at = ? WHERE user_agent = ? AND user_id = ${owner}`,
    address, past(used), past(began), userAgent, who.email,
  );
  assert.equal(changed, 1);
  change(
    `UPDATE audit_events SET address = ?, at = ? WHERE event = 'login' AND user_agent = ? AND user_id = ${owner}`,
    address, past(began), userAgent, who.email,
  );
}
