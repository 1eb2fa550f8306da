/** Facts about faults: each says what happened and what to do next, and survives being thrown, caught and stored. */
import { describe, expect, test } from 'vitest';
import { Fault, faultOf, faultRecordOf, FAULTS, isFault, type FaultCode } from '../../../src/kernel/fault';

const codes = Object.keys(FAULTS) as FaultCode[];

test.for(codes)('%s has a code in lower_snake, and two plain sentences', (code) => {
  expect(code).toMatch(/^[a-z][a-z0-9_]*$/);
  for (const sentence of FAULTS[code]) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(sentence).not.toMatch(/\b(null|undefined|exception|error code)\b/i);
  }
});

test('a fault says what happened, with its particulars where there are any', () => {
  expect(new Fault('offline').message).toBe('There is no network.');
  expect(new Fault('shard_http', '500').message).toBe('A model file could not be fetched. (500)');
});

describe('isFault', () => {
  test('knows a fault by its name and code, not by its class', () => {
    expect(isFault(new Fault('quota'))).toBe(true);
    expect(isFault(Object.assign(new Error('x'), { name: 'Fault', code: 'quota' }))).toBe(true);
  });

  test.for([
    ['another error', new Error('quota')],
    ['an error with a code that is none', Object.assign(new Error('x'), { name: 'Fault', code: 'unknown' })],
    ['an error with a fault’s code', Object.assign(new Error('x'), { code: 'quota' })],
    ['a record', { code: 'quota' }],
    ['nothing', undefined],
    ['text', 'quota'],
  ])('%s is none', ([, value]) => {
    expect(isFault(value)).toBe(false);
  });
});

describe('faultOf', () => {
  test('leaves a fault as it is', () => {
    const fault = new Fault('quota', 'why');
    expect(faultOf(fault, 'engine_failed')).toBe(fault);
  });

  test('an abort is cancelled, whatever it would stand for otherwise', () => {
    expect(faultOf(new DOMException('gone', 'AbortError'), 'engine_failed').code).toBe('cancelled');
    expect(faultOf(AbortSignal.abort().reason, 'engine_failed').code).toBe('cancelled');
  });

  test('another error keeps its words and its cause', () => {
    const error = new TypeError('boom');
    const fault = faultOf(error, 'engine_failed');
    expect(fault).toMatchObject({ code: 'engine_failed', detail: 'boom' });
    expect(fault.cause).toBe(error);
  });

  test.for(['text', 7, undefined, null])('%j that was thrown becomes a fault as well', (thrown) => {
    expect(faultOf(thrown, 'engine_failed')).toMatchObject({ code: 'engine_failed', detail: String(thrown) });
  });
});

test('a record of a fault is plain data that can be cloned, without a detail that is not there', () => {
  expect(faultRecordOf(new Fault('quota'))).toStrictEqual({ code: 'quota' });
  const record = faultRecordOf(new Fault('quota', 'why'));
  expect(structuredClone(record)).toStrictEqual({ code: 'quota', detail: 'why' });
});
