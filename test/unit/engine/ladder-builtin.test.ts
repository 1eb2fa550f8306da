/** Facts about the browser's own model as a rung: where it stands, and that it is left alone while nobody asked for it. */
import { expect, test } from 'vitest';
import { createLadder } from '../../../src/engine/ladder';
import { Fault, type FaultCode } from '../../../src/kernel/fault';
import { settle } from '../../fakes/fake-clock';
import { cardOf, offer, starter, urlOf } from '../../fakes/model-offers';

const gpu = (id: string, sizeBytes: number) => cardOf(id, { engine: 'webllm', sizeBytes });
const CARDS = [
  starter,
  cardOf('built-in', { engine: 'builtin', sizeBytes: 0 }),
  gpu('large', 4.5e9),
  gpu('small', 900e6),
  cardOf('cpu', { sizeBytes: 800e6 }),
];

async function stand(chosen: string, isAsked = true) {
  const page = offer(CARDS, ['built-in', 'large', 'small', 'cpu']);
  if (!isAsked) page.unasked.add(urlOf('built-in'));
  const ladder = createLadder({ models: page.models, now: page.now, onChange: () => {} });
  await ladder.restore(chosen);
  const answering = () => ladder.state.chosenId;
  const fail = async (code: FaultCode) => {
    let isDone = false;
    const end = ladder
      .chosen()
      .heal(new Fault(code))
      .finally(() => (isDone = true));
    for (let round = 0; round < 40 && !isDone; round++) {
      await settle();
      for (const { id } of CARDS) page.engine(id).finish();
    }
    return end;
  };
  return { ...page, ladder, answering, fail };
}

test('it stands between the large and the small models for the graphics processor', async () => {
  const { answering, fail } = await stand('large');
  expect(await fail('model_lib')).toMatchObject({ did: 'stepped_down', nowName: 'Model built-in' });
  expect(answering()).toBe('built-in');
  expect(await fail('no_builtin')).toMatchObject({ cause: 'no_builtin', nowName: 'Model small' });
  await fail('model_lib');
  expect(answering()).toBe('cpu');
});

test('a page that lost the graphics processor for good may still use it: it is not the page that runs it', async () => {
  const { answering, fail } = await stand('small');
  await fail('device_lost');
  expect(await fail('device_lost')).toMatchObject({ nowName: 'Model cpu' });
  const other = await stand('large');
  await other.fail('device_lost');
  await other.fail('device_lost');
  expect(other.answering()).toBe('built-in');
  expect(answering()).toBe('cpu');
});

test('here without having been asked for, it is no rung, and not what is taken up at a visit', async () => {
  const { answering, fail } = await stand('large', false);
  await fail('model_lib');
  expect(answering()).toBe('small');
  expect((await stand('built-in', false)).answering()).toBe('starter');
  expect((await stand('built-in')).answering()).toBe('built-in');
});

test('an answer that the browser held back is nothing to mend', async () => {
  const { answering, fail } = await stand('built-in');
  expect(await fail('answer_withheld')).toBeUndefined();
  expect(answering()).toBe('built-in');
});
