// WebSockets: any page can open one with its visitor's cookies, and read it. A service accepts only
// those of its own pages (X10).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startAttacker } from '../support/attacker.mjs';
import { startBrowser } from '../support/browser.mjs';
import { needsFront, startFront } from '../support/front.mjs';
import { Person, comesTrue } from '../support/person.mjs';

/** A page that opens a WebSocket and shows the result. */
const opens = (url) => `<!doctype html><title>socket</title><p id="says"></p><script>
  const says = document.getElementById("says");
  const socket = new WebSocket(${JSON.stringify(url)});
  socket.onmessage = ({ data }) => { says.textContent = "heard: " + data; };
  socket.onerror = () => { says.textContent ||= "refused"; };
</script>`;

describe('a WebSocket that knows its visitor', { skip: needsFront }, () => {
  let browser;
  let front;
  let attacker;
  before(async () => {
    browser = await startBrowser();
    attacker = await startAttacker();
    const files = { '/chat': ['text/html; charset=utf-8', '<!doctype html><title>chat</title>'] };
    front = await startFront('chat', { files });
    files['/chat'][1] = opens(`${front.url.replace('http', 'ws')}/private`);
  });

  const says = async (person, url) => {
    await person.opens(url);
    const text = () => person.page.$eval('#says', (element) => element.textContent);
    assert.ok(await comesTrue(async () => (await text()) !== ''), url);
    return text();
  };

  it('is opened by the service\'s own page, and by no page of a sibling or of another site', async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    const own = await says(person, `${front.url}/chat`);
    assert.ok(own.startsWith('heard: ') && own.includes(person.email), own);
    attacker.shows('/spy', opens(`${front.url.replace('http', 'ws')}/private`));
    for (const origin of [attacker.sibling, attacker.stranger]) {
      front.seen.length = 0;
      assert.equal(await says(person, `${origin}/spy`), 'refused', origin);
      const asked = front.seen.find(({ path }) => path === '/private');
      assert.equal(asked.status, 403, JSON.stringify(asked));
      // Without the visitor's cookies, the refusal would prove nothing.
      if (origin === attacker.sibling) assert.match(asked.headers.cookie, /__Secure-sso_access=/);
    }
  });
});
