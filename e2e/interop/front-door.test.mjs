// Reverse proxies in front of auth-service: hostile requests and a failing instance do not affect
// others (Q1, Q2).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startEcho } from './echo.mjs';
import { startFrontDoor } from './front-door.mjs';
import { attack, hostileRequests } from './hostile.mjs';
import { ownSettings, startAnother, startAuth, temporaryFolder } from './own-auth.mjs';
import { people } from './people.mjs';
import { names, notInstalled } from './proxies.mjs';
import { freePorts } from './service.mjs';

const binary = process.env.E2E_AUTH_BIN;

/** Long enough for a proxy to take a server out after one bad request, and for others to be affected. */
const attackSeconds = 5;

/** The outcome of the background users' requests while `disturbs` runs. */
async function meanwhile(url, disturbs) {
  const crowd = people(url);
  await pause(500);
  await disturbs();
  const seen = await crowd.end();
  assert.ok(seen.reads > 20 && seen.forms > 10, `somebody was there: ${JSON.stringify(seen)}`);
  console.log(`# ${seen.reads} pages, ${seen.forms} forms, the slowest ${Math.round(seen.slowest)} ms`);
  return seen;
}

for (const [name, count] of names.flatMap((name) => [[name, 1], [name, 2]])) {
  describe(`${name}, ${count} behind it`, { skip: binary ? notInstalled(name) : 'needs E2E_AUTH_BIN to start instances of auth-service' }, () => {
    let url;
    let settings;
    let addresses;
    let instances;
    let echo;

    before(async () => {
      const [port, demo, keys, ...ports] = await freePorts(3 + count);
      url = `http://auth.sso.localhost:${port}`;
      // As the two are configured: nginx for one machine, Caddy for a network of containers.
      const sockets = temporaryFolder();
      addresses = ports.map((one) => (name === 'nginx' ? `unix:${join(sockets, `${one}.sock`)}` : `127.0.0.1:${one}`));
      settings = await ownSettings({ AUTH_URL: url, LISTEN: addresses[0], TRUSTED_PROXIES: '127.0.0.1' });
      instances = [await startAuth(binary, settings)];
      for (const address of addresses.slice(1)) instances.push(await startAnother(binary, settings, address));
      echo = await startEcho(demo);
      await startFrontDoor(name, temporaryFolder(), { url, port, keys, auth: addresses, demo: `127.0.0.1:${demo}` });
    });
    after(async () => { await Promise.all([...instances.map((one) => one.stops()), echo.close()]); });

    it('one broken request a second takes nothing from anybody', async () => {
      for (const broken of ['a broken chunk size', 'half a body']) {
        const { failures } = await meanwhile(url, async () => {
          const stranger = attack(url, [hostileRequests[broken]], { interval: 1000 });
          await pause(attackSeconds * 1000);
          await stranger.ends();
        });
        assert.deepEqual(failures, [], broken);
      }
    });

    it('nor do all that a client can get wrong, as fast as it can', async () => {
      const { failures } = await meanwhile(url, async () => {
        const strangers = attack(url, Object.values(hostileRequests), { lanes: 8 });
        await pause(2 * attackSeconds * 1000);
        const sent = await strangers.ends();
        assert.ok(sent >= Object.keys(hostileRequests).length, `each was sent: ${sent}`);
      });
      assert.deepEqual(failures, []);
    });

    it('an instance that is killed is missed by nobody', { skip: count > 1 ? false : 'there is no other' }, async () => {
      const moments = [];
      const { failures } = await meanwhile(url, async () => {
        for (const n of [0, 1]) {
          moments.push(performance.now());
          await instances[n].dies();
          await pause(3000);
          instances[n] = await startAnother(binary, settings, addresses[n]);
          await pause(2000);
        }
      });
      // A form that was in progress there is not sent again, because its effect is unknown.
      const wasUnderWay = ({ began, ended }) => moments.some((moment) => began < moment + 50 && ended > moment);
      const unexplained = failures.filter((failure) => failure.method === 'GET' || failure.outcome !== 502 || !wasUnderWay(failure));
      assert.deepEqual(unexplained, []);
    });
  });
}
