// Background users, who open pages and send forms while an attack goes on.
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '../support/http.mjs';

/** Starts the users, `lanes` at a time. `end()` stops them and returns the outcome. */
export function people(url, lanes = 4) {
  const seen = { reads: 0, forms: 0, slowest: 0, failures: [] };
  let isOver = false;

  async function asks(client, path, options) {
    const [method, began] = [options?.method ?? 'GET', performance.now()];
    let outcome;
    let body;
    try {
      const answer = await client.request(url + path, options);
      if (answer.status < 500) {
        seen[method === 'GET' ? 'reads' : 'forms'] += 1;
        seen.slowest = Math.max(seen.slowest, performance.now() - began);
        return answer;
      }
      outcome = answer.status;
      body = answer.body.slice(0, 200);
    } catch (error) {
      outcome = error.code ?? error.message;
    }
    seen.failures.push({ method, path, outcome, body, began, ended: performance.now() });
    return undefined;
  }

  /** Opens the login page and sends a form for which no password is hashed. */
  async function visits() {
    const client = new Client();
    const page = await asks(client, '/login');
    await asks(client, '/.well-known/jwks.json');
    const csrf = page?.body.match(/name="csrf_token"[^>]*value="([^"]*)"/)?.[1];
    if (csrf) await asks(client, '/login', { method: 'POST', form: { email: '', password: '', csrf_token: csrf } });
  }

  const work = Promise.all(Array.from({ length: lanes }, async () => {
    while (!isOver) {
      await visits();
      await pause(20);
    }
  }));
  return { seen, end: async () => { isOver = true; await work; return seen; } };
}
