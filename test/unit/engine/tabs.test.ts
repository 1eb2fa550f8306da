/** Facts about tabs that share one engine: who runs it, who is answered when, and what happens when that tab goes. */
import { expect, test } from 'vitest';
import { readSentiment } from '../../../src/turn/read-sentiment';
import { runTurn } from '../../../src/turn/turn';
import type { FakeClock } from '../../fakes/fake-clock';
import { lastChunk, type Step } from '../../fakes/scripted-engine';
import { createOrigin, type Tab } from '../../fakes/shared-tabs';
import { messageOf } from '../../fakes/turn-run';

const SLOW: readonly Step[] = ['One', { waitMs: 400 }, ' two', { waitMs: 400 }, ' three', lastChunk()];
/** Says its question back, over a second. */
const origin = (steps: readonly Step[] = SLOW) => createOrigin(() => steps);

let turns = 0;

function turn(tab: Tab, clock: FakeClock, question = 'What?') {
  const turnId = turns++;
  /** Each tab has its own memory of engines, which here is that of the test file: the names keep them apart. */
  const answerer = async () => {
    const { engine, ...chosen } = tab.ladder!.chosen();
    return { ...chosen, engine: { ...engine, id: `${engine.id}#${turnId}` } };
  };
  const stop = new AbortController();
  const shown: string[] = [];
  const done = runTurn({
    messages: [messageOf(question)],
    answerId: 'answer',
    answerer,
    clock,
    signal: stop.signal,
    show: ({ text }) => void shown.push(text),
    save: async () => {},
  });
  return { done, shown, stop: () => stop.abort() };
}
/** What tabs tell each other takes tasks, and the clock leaves them time. */
async function pass(clock: FakeClock, ms: number) {
  for (let at = 0; at < ms; at += 20) await clock.advance(20);
}
const runs = (tab: Tab) => tab.engines.size > 0;

async function open(count: number, steps?: readonly Step[]) {
  const { clock, open } = origin(steps);
  const tabs: Tab[] = [];
  for (let at = 0; at < count; at++) {
    tabs.push(open());
    await clock.advance(200);
  }
  return { clock, tabs, open };
}

test('of five tabs one builds the models, and all show them', async () => {
  const { tabs, clock } = await open(5);
  await pass(clock, 500);
  expect(tabs.map(runs)).toEqual([true, false, false, false, false]);
  for (const { ladder } of tabs) expect(ladder?.state).toEqual(tabs[0]!.ladder?.state);
  expect(tabs[4]!.ladder?.state.chosenId).toBe('starter');
});

test('five tabs that open at the same moment have one engine', async () => {
  const { clock, open } = origin();
  const tabs = Array.from({ length: 5 }, () => open());
  await pass(clock, 1_000);
  expect(tabs.filter(runs)).toHaveLength(1);
  expect(tabs.every(({ ladder }) => ladder?.state.chosenId === 'starter')).toBe(true);
});

test('work in the background is done by the one engine too, and only what a model was trained for', async () => {
  const { tabs, clock } = await open(2, ['neutral', lastChunk()]);
  expect(tabs[0]!.ladder!.forTask('sentiment')).toBeUndefined();
  await clock.drive(turn(tabs[0]!, clock).done);
  await pass(clock, 200);
  for (const { ladder } of tabs) {
    const taskEngine = ladder!.forTask('sentiment')!;
    expect(await clock.drive(readSentiment(taskEngine, 'It is Monday.'))).toBe('neutral');
    expect(ladder!.forTask('title')).toBeUndefined();
  }
  expect(tabs.map(runs)).toEqual([true, false]);
});

test('a tab without an engine streams through the one that has it, with the receipt of that engine', async () => {
  const { tabs, clock } = await open(2);
  const asked = turn(tabs[1]!, clock);
  expect(await clock.drive(asked.done)).toMatchObject({
    status: 'done',
    text: 'One two three',
    answer: {
      engineId: expect.stringMatching(/^wllama:starter/),
      modelName: 'Model starter',
      usage: { completionTokens: 5 },
    },
  });
  expect(new Set(asked.shown)).toContain('One two');
});

test('what one tab chooses answers in all', async () => {
  const { tabs, clock } = await open(3);
  await clock.drive(tabs[2]!.ladder!.choose('a'));
  await pass(clock, 500);
  expect(tabs.map(({ ladder }) => ladder?.chosen().modelName)).toEqual(['Model a', 'Model a', 'Model a']);
  expect(await clock.drive(turn(tabs[1]!, clock).done)).toMatchObject({
    answer: { engineId: expect.stringMatching(/^wllama:a/) },
  });
});

test('no tab waits for more than one other turn per tab ahead', async () => {
  const { tabs, clock } = await open(3);
  const order: string[] = [];
  const ask = async (tab: number, name: string) => {
    const { status } = await turn(tabs[tab]!, clock, name).done;
    order.push(`${name} ${status}`);
  };
  const all = [ask(0, 'a1'), ask(0, 'a2'), ask(0, 'a3')];
  await pass(clock, 100);
  all.push(ask(1, 'b1'), ask(2, 'c1'), ask(1, 'b2'), ask(0, 'a4'));
  await clock.drive(Promise.all(all));
  expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4'].map((name) => `${name} done`));
});

test('to wait for other tabs is no stall, however long it takes', async () => {
  const long = Array.from({ length: 100 }, () => ['word ', { waitMs: 2_000 }]).flat() as Step[];
  const { tabs, clock } = await open(2, [...long.map((step, at) => (at % 2 ? step : `${at} `)), lastChunk()]);
  const first = turn(tabs[0]!, clock);
  await pass(clock, 100);
  const second = turn(tabs[1]!, clock);
  expect(await clock.drive(first.done)).toMatchObject({ status: 'done' });
  const { status, answer } = await clock.drive(second.done);
  expect([status, answer?.healed]).toEqual(['done', undefined]);
});

test('a stop reaches the engine of the other tab, and the next request is answered', async () => {
  const { tabs, clock } = await open(2);
  const asked = turn(tabs[1]!, clock);
  await pass(clock, 300);
  asked.stop();
  expect(await clock.drive(asked.done)).toMatchObject({ status: 'stopped', text: 'One' });
  await pass(clock, 100);
  expect(tabs[0]!.engines.get('starter')?.busy).toBe(0);
  expect(await clock.drive(turn(tabs[0]!, clock).done)).toMatchObject({ status: 'done' });
});

test('the leader closed mid-stream: another takes over and the answer ends complete', async () => {
  const { tabs, clock } = await open(3);
  const asked = turn(tabs[1]!, clock);
  await pass(clock, 500);
  tabs[0]!.close();
  const answer = await clock.drive(asked.done);
  expect(answer).toMatchObject({
    status: 'done',
    text: 'One two three',
    answer: { healed: [{ did: 'moved', cause: 'leader_gone' }] },
  });
  expect(
    asked.shown.slice(0, -1).every((text, at, all) => at === 0 || text.length >= all[at - 1]!.length),
  ).toBe(true);
  expect(tabs.slice(1).filter(runs)).toHaveLength(1);
  expect(await clock.drive(turn(tabs[2]!, clock).done)).toMatchObject({ status: 'done' });
});

test('asked while this tab is about to lead, it answers itself, and does not wait for a leader to hear it', async () => {
  const { clock, open } = createOrigin(() => SLOW, { createMs: 500 });
  const tabs = [open(), open()] as const;
  await pass(clock, 1_000);
  tabs[0].close();
  await pass(clock, 200);
  const askedAt = clock.now();
  expect(await clock.drive(turn(tabs[1], clock).done)).toMatchObject({
    status: 'done',
    text: 'One two three',
  });
  expect(clock.now() - askedAt).toBeLessThan(3_000);
  expect(runs(tabs[1])).toBe(true);
});

test('the next leader runs the model that was chosen', async () => {
  const { tabs, clock } = await open(2);
  await clock.drive(tabs[1]!.ladder!.choose('a'));
  tabs[0]!.close();
  await pass(clock, 5_000);
  expect(tabs[1]!.ladder!.chosen().modelName).toBe('Model a');
  expect(runs(tabs[1]!)).toBe(true);
});

test('a tab in sight takes over before one in the background', async () => {
  const { clock, open } = origin();
  const first = open();
  await pass(clock, 500);
  const hidden = open({ isHidden: true });
  await pass(clock, 500);
  const seen = open();
  await pass(clock, 500);
  first.close();
  await pass(clock, 5_000);
  expect([hidden, seen].map(runs)).toEqual([false, true]);
});

test('where only tabs in the background are left, one that has work takes over', async () => {
  const { tabs, clock } = await open(2);
  tabs[1]!.hide();
  const asked = turn(tabs[1]!, clock);
  await pass(clock, 300);
  tabs[0]!.close();
  expect(await clock.drive(asked.done)).toMatchObject({ status: 'done', text: 'One two three' });
});

test('a leader that was frozen loses the lead to a tab that needs it, and is a tab like the others when it wakes', async () => {
  const { tabs, clock } = await open(2);
  tabs[0]!.hide();
  tabs[0]!.freeze();
  const asked = turn(tabs[1]!, clock);
  expect(await clock.drive(asked.done)).toMatchObject({ status: 'done', text: 'One two three' });
  expect(runs(tabs[1]!)).toBe(true);
  tabs[0]!.thaw();
  await pass(clock, 3_000);
  expect(tabs[0]!.engines.get('starter')?.events.at(-1)).toBe('unload');
  expect(await clock.drive(turn(tabs[0]!, clock).done)).toMatchObject({ status: 'done' });
  expect(tabs[1]!.engines.get('starter')?.prompts.length).toBeGreaterThan(1);
});

test('a choice that was under way when the leader went is made by the next one', async () => {
  const { tabs, clock } = await open(2);
  const choosing = tabs[1]!.ladder!.choose('a');
  tabs[0]!.close();
  await clock.drive(choosing);
  expect(tabs[1]!.ladder!.chosen().modelName).toBe('Model a');
});

test('a tab that leaves while its page stays hands the engine on: what another was being answered goes on', async () => {
  const { tabs, clock } = await open(2);
  const asked = turn(tabs[1]!, clock);
  await pass(clock, 600);
  expect(asked.shown.at(-1)).toBe('One two');
  await clock.drive(tabs[0]!.leave());
  expect(await clock.drive(asked.done)).toMatchObject({ status: 'done', text: 'One two three' });
  expect(tabs[1]!.engines.size).toBeGreaterThan(0);
  await pass(clock, 20_000);
  expect(await clock.drive(turn(tabs[1]!, clock, 'Again?').done)).toMatchObject({ status: 'done' });
});

test('a tab without the engine that leaves takes nothing with it, and never leads again', async () => {
  const { tabs, clock } = await open(3);
  await clock.drive(tabs[1]!.leave());
  tabs[0]!.close();
  await pass(clock, 15_000);
  expect(tabs.map(runs)).toEqual([true, false, true]);
  expect(await clock.drive(turn(tabs[2]!, clock).done)).toMatchObject({ status: 'done' });
});

test('a tab that leaves while it is being answered has the engine stop for it', async () => {
  const { tabs, clock } = await open(2, ['One', { waitMs: 60_000 }, ' two', lastChunk()]);
  const asked = turn(tabs[1]!, clock);
  await pass(clock, 400);
  expect(asked.shown.at(-1)).toBe('One');
  const left = tabs[1]!.leave();
  asked.stop();
  await clock.drive(left);
  const next = turn(tabs[0]!, clock);
  await pass(clock, 1_000);
  expect(next.shown.at(-1)).toBe('One');
  next.stop();
  await clock.drive(next.done);
});
