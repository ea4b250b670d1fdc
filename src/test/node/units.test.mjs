/** Frames, orders, numbers, results and schemas. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkArguments } from '../../main/node/functions/checking.mjs';
import { commentsOf, describe } from '../../main/node/functions/descriptions.mjs';
import { parseExactly } from '../../main/node/functions/numbers.mjs';
import { ResultEncoder } from '../../main/node/functions/results.mjs';
import { BrokenProtocol, FrameCutter } from '../../main/node/worker/frames.mjs';
import { parseOrder } from '../../main/node/worker/orders.mjs';
import { frame } from './support.mjs';

const CALL = { type: 'call', id: 1, attempt: 1, function: 'f', args: [1], kwargs: {} };

test('frames cut at every byte', () => {
  const messages = ['{}', `{"a":"${'ä'.repeat(150)}"}`, '[]'];
  const whole = Buffer.concat(messages.map(frame));
  for (let at = 0; at <= whole.length; at++) {
    const cutter = new FrameCutter(100_000);
    assert.deepEqual([...cutter.push(whole.subarray(0, at)), ...cutter.push(whole.subarray(at))], messages);
    cutter.end();
  }
  const cutter = new FrameCutter(100_000);
  assert.deepEqual([...whole].flatMap((byte) => cutter.push(Buffer.of(byte))), messages);
});

test('broken frames', () => {
  for (const head of [[0, 0, 0, 0], [0, 0, 0, 1], [255, 255, 255, 255], [0, 1, 0x86, 0xa1]]) {
    assert.throws(() => new FrameCutter(100_000).push(Buffer.from(head)), BrokenProtocol);
  }
  assert.throws(() => new FrameCutter(100).push(Buffer.from([0, 0, 0, 3, 0x22, 0xff, 0x22])), /UTF-8/);
  const cutter = new FrameCutter(100);
  cutter.push(frame('{}').subarray(0, 5));
  assert.throws(() => cutter.end(), /5 bytes of a frame/);
});

test('orders', () => {
  for (const order of [
    CALL,
    { ...CALL, job: null, pool: 'p', deadline: 1.5, output: true, traceparent: 't', unknown: [1] },
    { type: 'chunk', id: 1, attempt: 1, function: 'f', items: [[1]], star: true },
    { type: 'cancel', id: 1 },
    { type: 'drop', ids: [] },
    { type: 'ping', more: 1 },
    { type: 'stop' },
  ]) {
    assert.deepEqual(parseOrder(JSON.stringify(order)), order);
    assert.deepEqual(parseOrder(` ${JSON.stringify(order, null, 1)}\n`), order);
  }
});

test('broken orders', () => {
  const wrong = {
    id: [-1, true, 1.5, '1', null], attempt: [null, -1], function: [5, 'f'.repeat(1025)], args: [{}], kwargs: [[], null],
    output: ['yes'], job: [5], pool: [5], deadline: ['soon'], traceparent: [5], tracestate: ['x'.repeat(1025)],
  };
  const broken = Object.entries(wrong).flatMap(([name, values]) => values.map((value) => ({ ...CALL, [name]: value })));
  for (const name of Object.keys(CALL)) {
    const { [name]: _, ...others } = CALL;
    broken.push(others);
  }
  broken.push(
    { type: 'chunk', id: 1, attempt: 1, function: 'f', items: [1], star: true },
    { type: 'chunk', id: 1, attempt: 1, function: 'f' },
    { type: 'cancel' }, { type: 'cancel', id: 1, index: -1 }, { type: 'drop' }, { type: 'drop', ids: ['1'] },
    { type: 'result', id: 1 }, { type: 'fork', id: 1, environment: {} }, [], 5, null, 'call', { type: [] },
    { type: 'toString' },
  );
  const texts = broken.map((each) => JSON.stringify(each));
  texts.push('', '{', '{}{}', '\ufeff{"type":"ping"}', '{"type":"ping","x":NaN}', '{"type":"ping","x":01}');
  texts.push(JSON.stringify(CALL).replace('"id":1', '"id":9223372036854775808'));
  for (const text of texts) {
    assert.throws(() => parseOrder(text), BrokenProtocol, text);
  }
  assert.equal(parseOrder(JSON.stringify(CALL).replace('"id":1', '"id":9223372036854775807')).id, 2n ** 63n - 1n);
});

test('integers beyond 2^53 keep their digits', () => {
  for (const [text, value] of [
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['[1,12345678901234567890,{"a":-12345678901234567890}]', [1, 12345678901234567890n, { a: -12345678901234567890n }]],
    ['["12345678901234567890","\\"12345678901234567890","\\\\",12345678901234567890]',
      ['12345678901234567890', '"12345678901234567890', '\\', 12345678901234567890n]],
    ['1.2345678901234567890', 1.234567890123456789],
    ['12345678901234567890.5', 12345678901234567890.5],
    ['12345678901234567890e2', 12345678901234567890e2],
    ['1e0000000000000000001', 10],
    ['1e-0000000000000000001', 0.1],
    ['0.12345678901234567', 0.12345678901234567],
    ['{"12345678901234567890":1}', { '12345678901234567890': 1 }],
    [`{"__proto__":12345678901234567890}`, JSON.parse('{"__proto__":1}', (k, v) => (v === 1 ? 12345678901234567890n : v))],
  ]) {
    assert.deepEqual(parseExactly(text), value, text);
  }
  assert.throws(() => parseExactly('012345678901234567890'), SyntaxError);
  assert.throws(() => parseExactly('"12345678901234567890'), SyntaxError);
  assert.equal(parseExactly(JSON.stringify('x"\\1234567890123456'.repeat(100_000))).length, 1_900_000);
});

const encode = (value) => new ResultEncoder(100_000).encode(value);

test('results', () => {
  for (const [value, expected] of [
    [undefined, 'null'], [null, 'null'], [true, 'true'], [-5, '-5'], [-0, '0'], [1.5, '1.5'], [1e21, '1e+21'],
    [10n ** 100n, '1' + '0'.repeat(100)], ['ä\n"', '"ä\\n\\""'], ['x'.repeat(2000), `"${'x'.repeat(2000)}"`],
    [[1, [2, []], undefined], '[1,[2,[]],null]'], [new Array(2), '[null,null]'],
    [{ a: { b: null }, c: undefined }, '{"a":{"b":null}}'], [{ [Symbol('x')]: 1 }, '{}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'], [new Map([['a', new Map()]]), '{"a":{}}'], [new Set([3, 1]), '[3,1]'],
    [Buffer.from('abc'), '"YWJj"'], [new Uint8Array([97, 98, 99]).subarray(1), '"YmM="'], [new ArrayBuffer(1), '"AA=="'],
    [new Float64Array([1.5, 2]), '[1.5,2]'], [new BigInt64Array([1n]), '[1]'],
    [Object(5), '5'], [Object('x'), '"x"'], [new URL('http://a/'), '"http://a/"'], [{ toJSON: () => ({ a: 1n }) }, '{"a":1}'],
    [new (class Point { x = 1; #hidden = 2; get y() { return 3; } })(), '{"x":1}'], [Object.create(null), '{}'],
    [{ __proto__: null, ['__proto__']: 1 }, '{"__proto__":1}'],
  ]) {
    assert.equal(encode(value), expected);
  }
});

test('what has no JSON form', () => {
  const cycle = { a: [] };
  cycle.a.push(cycle);
  let deep = 1;
  for (let depth = 0; depth < 201; depth++) {
    deep = [deep];
  }
  const nothing = () => {};
  for (const [value, message] of [
    [NaN, /^NaN is no number in JSON$/], [[1, [-Infinity]], /^-Infinity .*\(at \/1\/0\)$/], [nothing, /^a function has/],
    [{ 'a/b': { '~': nothing } }, /\(at \/a~1b\/~0\)$/], [Symbol('x'), /^a symbol has/], [cycle, /contains itself \(at \/a\/0\)$/],
    [deep, /deeper than 200/], [10n ** 4096n, /4096 digits/], ['\ud800', /surrogate/], [{ '\ud800': 1 }, /surrogate/],
    [Promise.resolve(1), /await it/], [new Error('x'), /^Error has no/], [/x/, /^RegExp has/], [new WeakMap(), /^WeakMap has/],
    [(function* () {})(), /has no JSON form/], [new Date(NaN), /invalid Date/], [new Map([[1, 2]]), /the key 1 of a Map/],
    [new DataView(new ArrayBuffer(1)), /^DataView has/],
  ]) {
    assert.throws(() => encode(value), { message });
  }
  assert.equal(encode(deep[0]), '['.repeat(200) + '1' + ']'.repeat(200));
  assert.equal(encode(10n ** 4095n).length, 4096);
  const shared = { x: 1 };
  assert.equal(encode([shared, shared]), '[{"x":1},{"x":1}]');
});

test('the limit of results holds before memory is used', () => {
  let many = 'x'.repeat(1000);
  for (let depth = 0; depth < 100; depth++) {
    many = [many, many];
  }
  for (const value of ['x'.repeat(100_000), 'ä'.repeat(60_000), new Uint8Array(100_000), new Array(1e9), many, { many }]) {
    assert.throws(() => encode(value), /takes more than 100000 bytes/);
  }
  assert.equal(encode('x'.repeat(99_998)).length, 100_000);
});

test('descriptions', () => {
  assert.deepEqual(describe('f', () => {}, undefined, ''), {
    description: '', workload: 'cpu', returns: true, positional: 0, rest: true,
    parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
  });
  const given = {
    description: 'Adds.', workload: 'cpu', timeout: 30, retries: 2, retry_delay: 1, priority: -5, pool: 'mine',
    parameters: { properties: { a: { type: 'number' } }, required: ['a'] }, returns: { type: 'number' }, rest: { type: 'number' },
  };
  assert.deepEqual(describe('f', async () => {}, given, ''), {
    description: 'Adds.', workload: 'cpu', returns: { type: 'number' }, rest: { type: 'number' }, asynchronous: true,
    parameters: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false },
    defaults: { timeout: 30, retries: 2, retry_delay: 1, priority: -5, pool: 'mine' },
  });
  for (const [wrong, message] of [
    [5, /motorpool.f must be an object/], [{ timeout: 0 }, /timeout must be a number greater/], [{ retrys: 1 }, /no.*option|not an option/],
    [{ priority: 101 }, /-100 to 100/], [{ workload: 'gpu' }, /'cpu' or 'io'/], [{ parameters: { type: 'array' } }, /type object/],
    [{ parameters: { additionalProperties: true } }, /additionalProperties false/], [{ parameters: { required: ['x'] } }, /requires/],
    [{ parameters: { properties: { 1: {} } } }, /number/], [{ returns: { default: Symbol('x') } }, /no JSON/],
  ]) {
    assert.throws(() => describe('f', () => {}, wrong, ''), message);
  }
});

test('comments above functions', () => {
  const found = commentsOf(`
    /** File. */
    import x from 'y';
    /** Adds up. */
    export function add() {}
    /**
     * Says
     * hello.
     *
     * More.
     * @param x
     */
    export async function hello() {}
    /* no documentation */
    export function none() {}
    /** Of a constant. */
    export const constant = () => 1;
    /** @returns nothing */
    export function tags() {}
  `);
  assert.deepEqual({ ...found }, { add: 'Adds up.', hello: 'Says hello.', constant: 'Of a constant.', tags: '' });
});

test('schemas', () => {
  const check = (schema, ...args) =>
    checkArguments({ parameters: { properties: { a: schema, b: true }, required: ['a'] } }, args);
  for (const [schema, good, bad, message] of [
    [{ type: 'integer' }, [1, 2.0, 10n], [1.5, '1', null], /^\/args\/0: must be integer, not/],
    [{ type: ['string', 'null'] }, ['x', null], [1], /string or null/],
    [{ enum: [1, 'x', [2]] }, [1, 'x', [2]], [2, true], /one of 1, 'x', \[ 2 \]/],
    [{ const: { a: 1 } }, [{ a: 1 }], [{ a: 2 }], /must be \{ a: 1 \}/],
    [{ minimum: 1, exclusiveMaximum: 3 }, [1, 2.9, 'text'], [0.5, 3], /at least 1|less than 3/],
    [{ multipleOf: 0.1 }, [0.3], [0.35], /multiple of 0.1/],
    [{ minLength: 2, maxLength: 2, pattern: '^.[a-z]$' }, ['äx', '😀y'], ['a', 'abc', 'aB'], /text/],
    [{ type: 'array', items: { type: 'number' }, minItems: 1, uniqueItems: true }, [[1, 2]], [[], ['x'], [1, 1]], /args\/0/],
    [{ prefixItems: [{ type: 'number' }], items: false }, [[1], []], [['x'], [1, 2]], /\/args\/0\/[01]/],
    [{ properties: { x: { type: 'string' } }, required: ['x'], additionalProperties: false },
      [{ x: 'y' }], [{}, { x: 1 }, { x: 'y', z: 1 }], /lacks the member x|\/args\/0\/[xz]/],
    [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, ['x', 5], [4], /none of what/],
    [{ oneOf: [{ type: 'number' }, { minimum: 5 }] }, [4], [6], /exactly one/],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1.5], [3], /at most 2/],
    [{ not: { type: 'string' } }, [1], ['x'], /not allowed/],
  ]) {
    good.forEach((value) => check(schema, value));
    bad.forEach((value) => assert.throws(() => check(schema, value), { message }));
  }
  assert.throws(() => check({}), /argument a is missing/);
  assert.throws(() => check({}, 1, 2, 3), /^InvalidArguments: \/args\/2: is one argument too many: the function takes 2/);
  const tree = { $defs: { node: { type: 'object', additionalProperties: { $ref: '#/$defs/node' } } }, required: [] };
  const description = { parameters: { ...tree, properties: { a: { $ref: '#/$defs/node' } } } };
  checkArguments(description, [{ x: { y: {} } }]);
  assert.throws(() => checkArguments(description, [{ x: { y: 1 } }]), /^InvalidArguments: \/args\/0\/x\/y/);
});
