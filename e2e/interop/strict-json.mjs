// Strict JSON parser. JSON.parse takes the last of two members of one name, loses how a number was
// written, and accepts half a surrogate pair: in each case two programs may read one text
// differently.

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;

/** Parses the object in these bytes, or throws. Also returns its own members as they are written, by name. */
export function strictObject(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const object = JSON.parse(text);
  if (object === null || typeof object !== 'object' || Array.isArray(object)) throw new Error('not an object');
  const written = {};
  const open = [];
  const list = text.match(tokens);
  list.forEach((token, n) => {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.startsWith('"')) {
      const string = JSON.parse(token);
      if (!string.isWellFormed()) throw new Error('half a surrogate');
      if (list[n + 1] !== ':') return;
      const names = open.at(-1);
      if (names.has(string)) throw new Error('a duplicate member');
      if (names.add(string).size > 128) throw new Error('too many members');
      if (open.length === 1) written[string] = list[n + 2];
    } else if (/^[-\d]/.test(token) && !Number.isFinite(Number(token))) throw new Error('a number beyond numbers');
  });
  return { object, written };
}
